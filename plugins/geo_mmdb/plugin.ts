import { createRequire } from 'node:module'
import type { GeoLookup } from '#modules/context/contract'
import { definePlugin, PluginError } from '#modules/kernel/plugin'
import { MmdbGeo } from '#plugins/geo_mmdb/mmdb_geo'

const DEFAULT_DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'
/** The package calls itself CC0; what the registries gave it comes under CC BY 4.0, which asks for this. */
const DEFAULT_ATTRIBUTION = 'IP address statistics by the Number Resource Organization (nro.net), CC BY 4.0'
const DB_IP_ATTRIBUTION = 'IP geolocation by DB-IP (db-ip.com), CC BY 4.0'

/** Default of the kind `geo`: the file that `GEO_DATABASE` names, or the country database of an npm package. */
export default definePlugin<GeoLookup>({
  name: 'geo_mmdb',
  kind: 'geo',
  build: ({ geoDatabase }) =>
    geoDatabase === null
      ? MmdbGeo.open(defaultDatabase(), { attribution: DEFAULT_ATTRIBUTION, publicOnly: true })
      : MmdbGeo.open(geoDatabase, { attribution: /dbip-/.test(geoDatabase) ? DB_IP_ATTRIBUTION : null }),
})

function defaultDatabase(): string {
  try {
    return createRequire(import.meta.url).resolve(DEFAULT_DATABASE)
  } catch (cause) {
    throw new PluginError(
      'geo_mmdb',
      `the package of ${DEFAULT_DATABASE} is not installed; run "npm install"`,
      cause
    )
  }
}
