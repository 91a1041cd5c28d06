import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Outboxes } from '#modules/kernel/outbox'
import { Sweeper } from '#modules/kernel/sweeper'
import { Tenancy } from '#modules/kernel/tenancy'
import { deriveKey, signingKey } from '#modules/kernel/signing'
import { Clock } from '#modules/kernel/time'
import { Random } from '#modules/kernel/random'
import { AgentReader, RequestContext } from '#modules/context/contract'
import { ConsentGate } from '#modules/privacy/contract'
import { EventLog, TokenCodec } from '#modules/events/contract'
import { Identity } from '#modules/identity/contract'
import { Audiences } from '#modules/audiences/contract'
import { FrequencyCaps, Matching, RequestSampler } from '#modules/matching/contract'
import { CompatibilityFronts, ExternalIds, Serving } from '#modules/serving/contract'
import type { ExternalIdBook } from '#modules/serving/services/external_id_book'

/** How long a new external id, or the number of a new object, may take to reach the fronts. */
const LOOK_EVERY_MS = 500

/** Binds serving. Its routes are mounted by `app/edge`, which knows all modules. */
export default class ServingProvider {
  private sweeper: Sweeper | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(ExternalIds, async (resolver) => {
      const { ExternalIdBook: Book } = await import('#modules/serving/services/external_id_book')
      return new Book(await resolver.make(Tenancy), await resolver.make(Matching))
    })
    this.app.container.singleton(Serving, async (resolver) => {
      const { LocalServing } = await import('#modules/serving/services/local_serving')
      const { AdServer } = await import('#modules/serving/services/ad_server')
      const { PageMemory } = await import('#modules/serving/services/page_memory')
      const { buildTagScripts } = await import('#modules/serving/services/tag_scripts')
      const { default: delivery } = await import('#config/delivery')
      const { default: env } = await import('#start/env')
      const settings = { origin: delivery.origin, creativeOrigin: delivery.creativeOrigin }
      const codec = await resolver.make(TokenCodec)
      const log = await resolver.make(EventLog)
      const random = await resolver.make(Random)
      const { fronts } = await resolver.make(CompatibilityFronts)
      const parts = {
        clock: await resolver.make(Clock),
        context: await resolver.make(RequestContext),
        agents: await resolver.make(AgentReader),
        gate: await resolver.make(ConsentGate),
        identity: await resolver.make(Identity),
        matching: await resolver.make(Matching),
        audiences: await resolver.make(Audiences),
        codec,
        log,
        adServer: new AdServer({
          random,
          codec,
          log,
          settings,
          caps: await resolver.make(FrequencyCaps),
          pages: new PageMemory(),
          sampler: await resolver.make(RequestSampler),
        }),
        scripts: await buildTagScripts(),
        mailKey: signingKey(deriveKey(env.get('APP_KEY').release(), 'mail-ads')),
        settings,
      }
      return new LocalServing(parts, fronts, await resolver.make(ExternalIds))
    })
  }

  async boot() {
    if (!hosts()) return
    const outboxes = await this.app.container.make(Outboxes)
    outboxes.deliver('serving')
  }

  /** Follows the external ids while there are fronts that speak in them. Tests call `refresh` themselves. */
  async start() {
    if (hosts()) await import('#modules/serving/routes')
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('serving')) return
    const { fronts } = await this.app.container.make(CompatibilityFronts)
    if (fronts.length === 0) return
    const book = (await this.app.container.make(ExternalIds)) as ExternalIdBook
    const logger = await this.app.container.make('logger')
    this.sweeper = new Sweeper({
      work: () => book.refresh(),
      everyMs: LOOK_EVERY_MS,
      onError: (error) => logger.error({ err: error }, 'the look for new external ids failed'),
    })
    this.sweeper.start()
  }

  async shutdown() {
    await this.sweeper?.stop()
  }
}

/** Whether this process serves the management of external ids, which needs the modules that own the objects. */
function hosts(): boolean {
  const modules = hostedModules()
  return modules.includes('serving') && modules.includes('inventory') && modules.includes('campaigns')
}
