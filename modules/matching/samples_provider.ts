import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Random } from '#modules/kernel/random'
import { Sweeper } from '#modules/kernel/sweeper'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { Campaigns } from '#modules/campaigns/contract'
import { Matching, RequestSampler } from '#modules/matching/contract'
import { FLUSH_MS, RequestSamples } from '#modules/matching/samples/request_samples'
import { WhyNotServing } from '#modules/matching/samples/why'

/** Binds the samples of traffic and what is told from them. */
export default class MatchingSamplesProvider {
  private sweeper: Sweeper | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(
      RequestSamples,
      async (resolver) =>
        new RequestSamples(
          await resolver.make(Tenancy),
          await resolver.make(Random),
          await resolver.make(Clock)
        )
    )
    container.singleton(RequestSampler, (resolver) => resolver.make(RequestSamples))
    container.singleton(WhyNotServing, async (resolver) => {
      const [campaigns, matching] = [await resolver.make(Campaigns), await resolver.make(Matching)]
      return new WhyNotServing({
        campaigns,
        matching,
        samples: await resolver.make(RequestSamples),
        clock: await resolver.make(Clock),
      })
    })
  }

  async start() {
    if (!hostedModules().includes('matching')) return
    if (hostedModules().includes('campaigns')) await import('#modules/matching/routes')
    if (this.app.getEnvironment() !== 'web') return
    const [samples, logger] = [
      await this.app.container.make(RequestSamples),
      await this.app.container.make('logger'),
    ]
    this.sweeper = new Sweeper({
      work: () => samples.flush(),
      everyMs: FLUSH_MS,
      onError: (error) => logger.warn({ err: error }, 'samples of requests were not written'),
    })
    this.sweeper.start()
  }

  async shutdown() {
    await this.sweeper?.stop()
  }
}
