import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Cursors } from '#modules/kernel/cursors'
import { Sweeper } from '#modules/kernel/sweeper'
import { Clock } from '#modules/kernel/time'
import { Wakes } from '#modules/kernel/wake'
import { SettledFacts } from '#modules/events/contract'
import { FactsSettled } from '#modules/events/events'
import { Reporting } from '#modules/reporting/contract'
import { RollUp } from '#modules/reporting/services/roll_up'

const QUEUE = 'reporting.roll_up'
/** With settlement's own second this keeps a report fresher than five seconds even when no wake arrives. */
const SWEEP_MS = 1_000

/** Binds the face of reporting, mounts its routes and keeps the roll-up running where the process hosts it. */
export default class ReportingProvider {
  private sweeper: Sweeper | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Reporting, async (resolver) => {
      const { default: Local } = await import('#modules/reporting/services/local_reporting')
      return resolver.make(Local)
    })
    this.app.container.singleton(
      RollUp,
      async (resolver) =>
        new RollUp(
          await resolver.make(SettledFacts),
          await resolver.make(Cursors),
          await resolver.make(Clock)
        )
    )
  }

  async start() {
    if (hostedModules().includes('reporting')) await import('#modules/reporting/routes')
  }

  async ready() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('reporting')) return
    const [rollUp, wakes, emitter, logger] = await Promise.all([
      this.app.container.make(RollUp),
      this.app.container.make(Wakes),
      this.app.container.make('emitter'),
      this.app.container.make('logger'),
    ])
    const sweeper = new Sweeper({
      work: () => rollUp.run(),
      everyMs: SWEEP_MS,
      onError: (error) => logger.error({ err: error }, 'reporting could not roll up, it tries again'),
    })
    emitter.on(FactsSettled, () => {
      sweeper.wake()
      wakes.wake(QUEUE)
    })
    wakes.onWake(QUEUE, () => sweeper.wake())
    sweeper.start()
    this.sweeper = sweeper
  }

  async shutdown() {
    await this.sweeper?.stop()
  }
}
