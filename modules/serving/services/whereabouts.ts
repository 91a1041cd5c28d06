import type { RequestFacts } from '#modules/context/contract'
import type { MatchInput } from '#modules/matching/contract'

type Whereabouts = Pick<
  MatchInput,
  'region' | 'city' | 'timeZone' | 'connectionType' | 'latitude' | 'longitude' | 'address'
>

/** Where a viewer is, in the words of targeting: `US-CA`, `DE/berlin`. Region and city mean nothing without a country. */
export function whereabouts({ geo, address }: RequestFacts): Whereabouts {
  const { country, region, city } = geo
  return {
    region: country !== null && region !== null ? `${country}-${region}` : null,
    city: country !== null && city !== null ? `${country}/${city.normalize('NFC').toLowerCase()}` : null,
    timeZone: geo.timeZone,
    connectionType: geo.connectionType,
    latitude: geo.latitude,
    longitude: geo.longitude,
    address,
  }
}
