import { geoLookupContract } from '#tests/contracts/geo_lookup'
import { fileURLToPath } from 'node:url'
import plugin from '#plugins/geo_mmdb/plugin'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/geoip/${name}`, import.meta.url))

geoLookupContract(`${plugin.name} with its own database`, () => plugin.build({ geoDatabase: null }), {
  address: '8.8.8.8',
  country: 'US',
})
geoLookupContract(
  `${plugin.name} with a city database`,
  () => plugin.build({ geoDatabase: fixture('GeoIP2-City-Test.mmdb') }),
  {
    address: '81.2.69.160',
    country: 'GB',
  }
)
