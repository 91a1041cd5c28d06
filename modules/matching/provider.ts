import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { metrics } from '#modules/kernel/metrics'
import { Sweeper } from '#modules/kernel/sweeper'
import { Campaigns, DeliveryState } from '#modules/campaigns/contract'
import { Matching } from '#modules/matching/contract'
import { LocalMatching } from '#modules/matching/services/local_matching'

/** How often versions are compared: one cheap query; half of the second in which a pause has to act. */
const FOLLOW_MS = 500

/** Binds the engines and keeps them at the newest snapshot where the process hosts matching. */
export default class MatchingProvider {
  private sweeper: Sweeper | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Matching, async (resolver) => {
      const logger = await resolver.make('logger')
      const failures = metrics
        .counter('placard_snapshot_failures_total', 'Snapshots that could not be compiled')
        .with()
      const swaps = metrics.counter('placard_snapshot_swaps_total', 'Snapshots taken into use').with()
      return new LocalMatching(await resolver.make(Campaigns), await resolver.make(DeliveryState), {
        onBroken: (organisationId, error) => {
          failures.inc()
          logger.error({ err: error, organisationId }, 'a snapshot could not be compiled, the last one stays')
        },
        onSwapped: (organisationId, version, milliseconds) => {
          swaps.inc()
          logger.debug({ organisationId, version, milliseconds }, 'a snapshot is in use')
        },
      })
    })
  }

  async ready() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('matching')) return
    const [matching, logger] = await Promise.all([
      this.app.container.make(Matching),
      this.app.container.make('logger'),
    ])
    this.sweeper = new Sweeper({
      work: () => matching.refresh(),
      everyMs: FOLLOW_MS,
      onError: (error) =>
        logger.error({ err: error }, 'versions could not be read, the last snapshots stay in use'),
    })
    this.sweeper.start()
  }

  async shutdown() {
    await this.sweeper?.stop()
  }
}
