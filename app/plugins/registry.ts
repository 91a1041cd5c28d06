import { readdirSync } from 'node:fs'
import { AgentReader, GeoLookup } from '#modules/context/contract'
import { CompatibilityFront } from '#modules/serving/contract'
import { PluginError, type Plugin, type PluginKind, type PluginSettings } from '#modules/kernel/plugin'

/** What a plugin of each kind builds. */
export type PluginInstances = { geo: GeoLookup; device: AgentReader; front: CompatibilityFront }
type Contract<Kind extends PluginKind> = abstract new (...parameters: never[]) => PluginInstances[Kind]

const CONTRACTS: { readonly [Kind in PluginKind]: Contract<Kind> } = {
  geo: GeoLookup,
  device: AgentReader,
  front: CompatibilityFront,
}
const FOLDER = new URL('../../plugins/', import.meta.url)

/**
 * Loads and builds the plugin of a kind.
 *
 * @param name a folder in `plugins/` that holds a `plugin.ts`
 * @throws PluginError that names the plugin: not there, of another kind, or unable to start with these settings
 */
export async function buildPlugin<Kind extends PluginKind>(
  kind: Kind,
  name: string,
  settings: PluginSettings
): Promise<PluginInstances[Kind]> {
  const known = namesOfPlugins()
  if (!known.includes(name)) {
    throw new PluginError(name, `is unknown (config/plugins.ts, ${kind}); there are ${known.join(', ')}`)
  }
  const { default: plugin } = (await import(`#plugins/${name}/plugin`)) as { default: Plugin<unknown> }
  if (plugin.name !== name) throw new PluginError(name, `calls itself ${plugin.name} in its plugin.ts`)
  if (plugin.kind !== kind) {
    throw new PluginError(name, `is of the kind ${plugin.kind}, not ${kind} (config/plugins.ts)`)
  }
  const instance = build(plugin, settings)
  const contract: Contract<Kind> = CONTRACTS[kind]
  if (!(instance instanceof contract)) {
    throw new PluginError(name, `builds something that is not a ${contract.name}`)
  }
  return instance
}

function build(plugin: Plugin<unknown>, settings: PluginSettings): unknown {
  try {
    return plugin.build(settings)
  } catch (cause) {
    if (cause instanceof PluginError) throw cause
    throw new PluginError(plugin.name, cause instanceof Error ? cause.message : 'failed to start', cause)
  }
}

function namesOfPlugins(): string[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.map((entry) => entry.name).sort()
}
