/** Kinds of plugins that have a contract, a registry entry in `config/plugins.ts` and a page in `docs/plugins/`. */
export type PluginKind = 'geo' | 'device' | 'front'

/** What a plugin may read when it starts; a plugin reads no environment variable and no configuration of its own. */
export type PluginSettings = {
  /** `GEO_DATABASE`: a file in MaxMind's format, or null for the plugin's own choice. */
  readonly geoDatabase: string | null
}

/** What `plugins/<name>/plugin.ts` exports by default: data that is checked before anything starts, and a builder. */
export type Plugin<Instance> = {
  /** The folder's name. */
  readonly name: string
  readonly kind: PluginKind
  /** Builds the one instance of this process. Synchronous; throws when its settings or data are unusable. */
  readonly build: (settings: PluginSettings) => Instance
}

/** Names the shape for the type checker. */
export function definePlugin<Instance>(plugin: Plugin<Instance>): Plugin<Instance> {
  return plugin
}

/** A plugin that is unknown, misconfigured or whose data are damaged. Stops the boot; the message fits one line. */
export class PluginError extends Error {
  static readonly code = 'E_PLUGIN_UNUSABLE'
  readonly code = PluginError.code
  constructor(plugin: string, reason: string, cause?: unknown) {
    super(`plugin ${plugin}: ${reason}`, { cause })
    this.name = 'PluginError'
  }
}
