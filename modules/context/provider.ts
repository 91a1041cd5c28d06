import type { ApplicationService } from '@adonisjs/core/types'
import delivery from '#config/delivery'
import { AgentReader, GeoLookup, RequestContext } from '#modules/context/contract'

/** Binds the module's face. The two plugin contracts that it asks are bound by the application. */
export default class ContextProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(RequestContext, async (resolver) => {
      const { LocalRequestContext } = await import('#modules/context/services/local_request_context')
      return new LocalRequestContext(
        await resolver.make(GeoLookup),
        await resolver.make(AgentReader),
        delivery.trustedProxies
      )
    })
  }

  /** A server with a setting that cannot be read does not start. */
  async boot() {
    if (this.app.getEnvironment() === 'web') await this.app.container.make(RequestContext)
  }
}
