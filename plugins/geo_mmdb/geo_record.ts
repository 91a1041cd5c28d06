import type { Geo, GeoDimension } from '#modules/context/contract'

type Fields = Readonly<Record<string, unknown>>

/**
 * Where each dimension lies in the databases that are about: MaxMind's nested records (Country, City, ASN, ISP,
 * Enterprise) and the flat ones of ip-location-db and IPinfo. First path that holds a value wins.
 */
const PATHS: Readonly<Record<GeoDimension, readonly string[]>> = {
  country: ['country.iso_code', 'country_code', 'country'],
  region: ['subdivisions.iso_code', 'region_code', 'state1', 'region'],
  city: ['city.names.en', 'city'],
  timeZone: ['location.time_zone', 'timezone', 'time_zone'],
  asn: ['autonomous_system_number', 'traits.autonomous_system_number', 'asn'],
}

/** Verdicts on an address that some databases carry, in the word for a list. */
const TRAIT =
  /^(?:traits\.)?is_(anonymous|anonymous_vpn|hosting_provider|public_proxy|residential_proxy|tor_exit_node)$/

export const NOWHERE: Geo = Object.freeze({
  country: null,
  region: null,
  city: null,
  timeZone: null,
  asn: null,
})

/** Dimensions that records with these fields can tell. @param fields paths such as `country.iso_code` */
export function dimensionsOf(fields: ReadonlySet<string>): Set<GeoDimension> {
  const known = (Object.keys(PATHS) as GeoDimension[]).filter((dimension) =>
    PATHS[dimension].some((path) => fields.has(path))
  )
  return new Set(known)
}

/** A record's five dimensions; what it does not hold, or holds in another shape, is null. */
export function readRecord(record: unknown): Geo {
  return Object.freeze({
    country: countryCode(firstOf(record, PATHS.country)),
    region: text(firstOf(record, PATHS.region)),
    city: text(firstOf(record, PATHS.city)),
    timeZone: text(firstOf(record, PATHS.timeZone)),
    asn: asNumber(firstOf(record, PATHS.asn)),
  })
}

/** What a record says against an address, such as `anonymous_vpn`; empty when nothing. */
export function traitsOf(record: unknown): string[] {
  if (!isFields(record)) return []
  const { traits } = record
  const entries = [...Object.entries(record), ...(isFields(traits) ? Object.entries(traits) : [])]
  return [...new Set(entries.flatMap(([key, value]) => (value === true ? (TRAIT.exec(key)?.[1] ?? []) : [])))]
}

function firstOf(record: unknown, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = path.split('.').reduce(step, record)
    if (value !== undefined && value !== '' && !isFields(value)) return value
  }
  return undefined
}

/** One field deeper; of a list its first item, as the first subdivision of an address is the largest. */
function step(value: unknown, field: string): unknown {
  const holder: unknown = Array.isArray(value) ? value[0] : value
  return isFields(holder) && Object.hasOwn(holder, field) ? holder[field] : undefined
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
const countryCode = (value: unknown) => (typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : null)

/** `15169` and IPinfo's `AS15169`; 0 is reserved and means none. @source RFC 7607 */
function asNumber(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^(?:AS)?\d{1,10}$/.test(value) ? Number(value.replace('AS', '')) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : null
}
