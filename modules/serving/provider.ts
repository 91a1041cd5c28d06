import type { ApplicationService } from '@adonisjs/core/types'
import { Clock } from '#modules/kernel/time'
import { Random } from '#modules/kernel/random'
import { AgentReader, RequestContext } from '#modules/context/contract'
import { ConsentGate } from '#modules/privacy/contract'
import { EventLog, TokenCodec } from '#modules/events/contract'
import { Identity } from '#modules/identity/contract'
import { FrequencyCaps, Matching, RequestSampler } from '#modules/matching/contract'
import { Serving } from '#modules/serving/contract'

/** Binds serving. Its routes are mounted by `app/edge`, which knows all modules. */
export default class ServingProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Serving, async (resolver) => {
      const { LocalServing } = await import('#modules/serving/services/local_serving')
      const { AdServer } = await import('#modules/serving/services/ad_server')
      const { PageMemory } = await import('#modules/serving/services/page_memory')
      const { buildTagScripts } = await import('#modules/serving/services/tag_scripts')
      const { default: delivery } = await import('#config/delivery')
      const settings = { origin: delivery.origin, creativeOrigin: delivery.creativeOrigin }
      const codec = await resolver.make(TokenCodec)
      const log = await resolver.make(EventLog)
      const random = await resolver.make(Random)
      return new LocalServing({
        clock: await resolver.make(Clock),
        context: await resolver.make(RequestContext),
        agents: await resolver.make(AgentReader),
        gate: await resolver.make(ConsentGate),
        identity: await resolver.make(Identity),
        matching: await resolver.make(Matching),
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
        settings,
      })
    })
  }
}
