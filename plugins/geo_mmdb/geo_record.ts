import { CONNECTION_TYPES, type ConnectionType, type Geo, type GeoDimension } from '#modules/context/contract'

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
  latitude: ['location.latitude', 'latitude', 'lat'],
  longitude: ['location.longitude', 'longitude', 'lng'],
  connectionType: ['connection_type', 'traits.connection_type'],
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

/** A record's dimensions; what it does not hold, or holds in another shape, is null, or absent where the contract lets it. */
export function readRecord(record: unknown): Geo {
  const latitude = degrees(firstOf(record, PATHS.latitude), 90)
  const longitude = degrees(firstOf(record, PATHS.longitude), 180)
  const connectionType = connection(firstOf(record, PATHS.connectionType))
  return Object.freeze({
    country: countryCode(firstOf(record, PATHS.country)),
    region: text(firstOf(record, PATHS.region)),
    city: text(firstOf(record, PATHS.city)),
    timeZone: text(firstOf(record, PATHS.timeZone)),
    asn: asNumber(firstOf(record, PATHS.asn)),
    ...(latitude !== null && longitude !== null ? { latitude, longitude } : {}),
    ...(connectionType !== null ? { connectionType } : {}),
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

/** A number, or the text of one as IPinfo has it, of at most so many degrees. */
function degrees(value: unknown, most: number): number | null {
  const number = typeof value === 'string' && /^-?\d{1,3}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= most ? number : null
}

/** `Cable/DSL` is `cable_dsl`; words that MaxMind does not have are unknown. */
function connection(value: unknown): ConnectionType | null {
  const word = typeof value === 'string' ? value.toLowerCase().replace('/', '_') : null
  return CONNECTION_TYPES.find((known) => known === word) ?? null
}

/** `15169` and IPinfo's `AS15169`; 0 is reserved and means none. @source RFC 7607 */
function asNumber(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^(?:AS)?\d{1,10}$/.test(value) ? Number(value.replace('AS', '')) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : null
}
