import type { ApplicationService } from '@adonisjs/core/types'
import { buildPlugin } from '#app/plugins/registry'
import { AgentReader, GeoLookup } from '#modules/context/contract'
import { CompatibilityFronts } from '#modules/serving/contract'
import delivery from '#config/delivery'
import plugins from '#config/plugins'

/** Binds the contract of each kind of plugin to the plugin that `config/plugins.ts` names. */
export default class PluginsProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    const { geoDatabase } = delivery
    this.app.container.singleton(GeoLookup, () => buildPlugin('geo', plugins.geo, { geoDatabase }))
    this.app.container.singleton(AgentReader, () => buildPlugin('device', plugins.device, { geoDatabase }))
    this.app.container.singleton(CompatibilityFronts, async () => ({
      fronts: await Promise.all(plugins.front.map((name) => buildPlugin('front', name, { geoDatabase }))),
    }))
  }

  /** A server builds them before it listens: damage stops the boot, and no request waits for the lists to load. */
  async boot() {
    if (this.app.getEnvironment() !== 'web') return
    await this.app.container.make(GeoLookup)
    await this.app.container.make(AgentReader)
    await this.app.container.make(CompatibilityFronts)
  }
}
