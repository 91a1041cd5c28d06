import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Cursors } from '#modules/kernel/cursors'
import { Outboxes } from '#modules/kernel/outbox'
import { Sweeper } from '#modules/kernel/sweeper'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { SettledFacts } from '#modules/events/contract'
import { FactsSettled } from '#modules/events/events'
import { ConsentGate } from '#modules/privacy/contract'
import { Campaigns, SegmentDirectory } from '#modules/campaigns/contract'
import { Audiences } from '#modules/audiences/contract'
import { AdmitPeople } from '#modules/audiences/services/admit_people'
import { ExpireMembers } from '#modules/audiences/services/expire_members'

/** How long an upload may take to count, besides reading it. */
const REFRESH_MS = 1_000
const ADMIT_MS = 1_000
/** How long a membership may last too long. */
const EXPIRE_MS = 60_000

/** Binds audiences; keeps their memory where the process decides, and their tables where it hosts the work. */
export default class AudiencesProvider {
  private readonly sweepers: Sweeper[] = []

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(SegmentDirectory, async (resolver) => {
      const { default: Local } = await import('#modules/audiences/services/directory')
      return resolver.make(Local)
    })
    container.singleton(Audiences, async (resolver) => {
      const { LocalAudiences } = await import('#modules/audiences/services/local_audiences')
      return new LocalAudiences(
        await resolver.make(Tenancy),
        await resolver.make(ConsentGate),
        await resolver.make(Clock)
      )
    })
    container.singleton(
      AdmitPeople,
      async (resolver) =>
        new AdmitPeople(
          await resolver.make(SettledFacts),
          await resolver.make(Cursors),
          await resolver.make(Tenancy),
          await resolver.make(Campaigns),
          await resolver.make(Clock)
        )
    )
    container.singleton(
      ExpireMembers,
      async (resolver) => new ExpireMembers(await resolver.make(Tenancy), await resolver.make(Clock))
    )
  }

  async boot() {
    if (!hostedModules().includes('campaigns')) return
    ;(await this.app.container.make(Outboxes)).deliver('audiences')
  }

  async start() {
    if (hostedModules().includes('campaigns')) await import('#modules/audiences/routes')
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('serving')) return
    const audiences = await this.app.container.make(Audiences)
    await this.keep(() => audiences.refresh(), REFRESH_MS, 'segments were not refreshed, the last ones stand')
  }

  async ready() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('campaigns')) return
    const { container } = this.app
    const admit = await container.make(AdmitPeople)
    const expire = await container.make(ExpireMembers)
    const sweeper = await this.keep(
      () => admit.run(),
      ADMIT_MS,
      'people were not let into segments, it tries again'
    )
    await this.keep(() => expire.run(), EXPIRE_MS, 'members of segments did not expire, it tries again')
    const emitter = await container.make('emitter')
    emitter.on(FactsSettled, () => sweeper.wake())
  }

  async shutdown() {
    await Promise.all(this.sweepers.map((sweeper) => sweeper.stop()))
  }

  private async keep(work: () => Promise<unknown>, everyMs: number, trouble: string): Promise<Sweeper> {
    const logger = await this.app.container.make('logger')
    const sweeper = new Sweeper({ work, everyMs, onError: (error) => logger.error({ err: error }, trouble) })
    this.sweepers.push(sweeper)
    sweeper.start()
    return sweeper
  }
}
