import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Sweeper } from '#modules/kernel/sweeper'
import { Campaigns, DeliveryState } from '#modules/campaigns/contract'
import { Matching } from '#modules/matching/contract'
import type { LocalMatching } from '#modules/matching/services/local_matching'

/** How long a change of demand or supply may take to reach decisions, besides compiling it. */
const LOOK_EVERY_MS = 500
/** How stale delivery and spend may be, besides what billing needs to book them. */
const STATE_EVERY_MS = 1000

/** Binds matching and keeps its engines up to date where the process decides. */
export default class MatchingProvider {
  private sweeper: Sweeper | null = null
  private stateTimer: NodeJS.Timeout | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(Matching, async (resolver) => {
      const { LocalMatching: Local } = await import('#modules/matching/services/local_matching')
      return new Local({
        campaigns: await resolver.make(Campaigns),
        deliveryState: await resolver.make(DeliveryState),
        logger: await resolver.make('logger'),
      })
    })
    if (container.hasBinding(DeliveryState)) return
    container.singleton(DeliveryState, async () => {
      const { IdleDeliveryState } = await import('#modules/matching/services/idle_delivery_state')
      return new IdleDeliveryState()
    })
  }

  /**
   * Does not wait for the first snapshots: `Matching.ready` and `/health/ready` say when they are there. Tests call
   * `refresh` themselves, so that nothing asks the database behind their back.
   */
  async start() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('matching')) return
    const matching = (await this.app.container.make(Matching)) as LocalMatching
    const logger = await this.app.container.make('logger')
    this.sweeper = new Sweeper({
      work: () => matching.refresh(),
      everyMs: LOOK_EVERY_MS,
      onError: (error) => logger.error({ err: error }, 'the look for new snapshots failed'),
    })
    this.sweeper.start()
    this.stateTimer = setInterval(() => matching.pullState(), STATE_EVERY_MS).unref()
  }

  async shutdown() {
    if (this.stateTimer) clearInterval(this.stateTimer)
    await this.sweeper?.stop()
  }
}
