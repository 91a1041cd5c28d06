/**
 * Which plugin serves each kind, or which plugins: the names of folders in `plugins/`. One that is unknown, or whose settings or data
 * are unusable, stops the boot with a message that names it. How to write one: `docs/plugins/`.
 */
import type { PluginKind } from '#modules/kernel/plugin'

type Plugins = Readonly<Record<Exclude<PluginKind, 'front'>, string>> & { readonly front: readonly string[] }

const plugins: Plugins = {
  /** Where an address is. Setting: `GEO_DATABASE`. */
  geo: 'geo_mmdb',
  /** What a user agent and its client hints tell. */
  device: 'device_detector',
  /** Other ad servers whose tags and clients are answered; none is fine. */
  front: ['front_kevel', 'front_ethical', 'front_revive'],
}

export default plugins
