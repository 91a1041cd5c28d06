/**
 * Which plugin serves each kind: the name of a folder in `plugins/`. One that is unknown, or whose settings or data
 * are unusable, stops the boot with a message that names it. How to write one: `docs/plugins/`.
 */
import type { PluginKind } from '#modules/kernel/plugin'

const plugins: Readonly<Record<PluginKind, string>> = {
  /** Where an address is. Setting: `GEO_DATABASE`. */
  geo: 'geo_mmdb',
  /** What a user agent and its client hints tell. */
  device: 'device_detector',
}

export default plugins
