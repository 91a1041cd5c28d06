/** What a request tells about its client. Pure look-ups, no tables, no network. */

/** Words of `deviceType`, as the device detection data name them. */
export const DEVICE_TYPES = [
  'desktop',
  'smartphone',
  'tablet',
  'phablet',
  'feature phone',
  'tv',
  'console',
  'wearable',
  'car browser',
  'smart display',
  'smart speaker',
  'portable media player',
  'camera',
  'peripheral',
] as const
export type DeviceType = (typeof DEVICE_TYPES)[number]

/** The client's software and hardware; null where the user agent does not say. */
export type Agent = {
  readonly bot: boolean
  readonly botName: string | null
  readonly deviceType: DeviceType | null
  /** Family, such as `Android`, `iOS`, `Windows`, `Mac`, `GNU/Linux`. */
  readonly os: string | null
  readonly osVersion: string | null
  /** Family, such as `Chrome`, `Chrome Mobile`, `Safari`, `Firefox`. */
  readonly browser: string | null
  readonly browserVersion: string | null
}

/** `Sec-CH-UA*` request headers by lower-case name; only those that were sent. */
export type ClientHints = Readonly<Record<string, string>>

/** Device and bot detection; a plugin kind. Synchronous and cached: it runs on the path of an ad request. */
export abstract class AgentReader {
  /** Names that `os` and `browser` of an answer can have, sorted; what a targeting form offers. Empty: not known. */
  readonly vocabulary: { readonly os: readonly string[]; readonly browsers: readonly string[] } = {
    os: [],
    browsers: [],
  }
  abstract read(userAgent: string, hints?: ClientHints): Agent
}

/** Words of `connectionType`. @source MaxMind, GeoIP2 Connection Type */
export const CONNECTION_TYPES = ['cable_dsl', 'cellular', 'corporate', 'dialup', 'satellite'] as const
export type ConnectionType = (typeof CONNECTION_TYPES)[number]

/** Where an address is; null where the database does not know. */
export type Geo = {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null
  /**
   * Largest subdivision: the part of its ISO 3166-2 code behind the country, such as `VIC` of `AU-VIC`, so it means
   * something together with `country` only. The English name where a database has names instead of codes.
   */
  readonly region: string | null
  /** English name. */
  readonly city: string | null
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string | null
  /** Number of the autonomous system. */
  readonly asn: number | null
  /** Degrees of WGS 84, both or neither; absent and null alike are unknown. */
  readonly latitude?: number | null
  readonly longitude?: number | null
  readonly connectionType?: ConnectionType | null
}

export type GeoDimension = keyof Geo

/** Geo look-up; a plugin kind. Synchronous. A malformed address is unknown, never an error. */
export abstract class GeoLookup {
  /** Dimensions that the loaded database can know; targeting on any other is refused or warned of. */
  abstract readonly dimensions: ReadonlySet<GeoDimension>
  /** Attribution text that the database's licence asks for; null when none. */
  abstract readonly attribution: string | null
  abstract lookup(address: string): Geo
  /** What the database says against an address, such as `anonymous_vpn` or `tor_exit_node`; most say nothing. */
  listsOf(_address: string): readonly string[] {
    return []
  }
}

export type RequestFacts = {
  /** Full client address; lives in memory only, never logged or stored. */
  readonly address: string
  /** /24 of IPv4, /48 of IPv6, such as `203.0.113.0`; what may be kept. */
  readonly truncatedAddress: string
  readonly geo: Geo
  readonly agent: Agent
  /** First language of Accept-Language, lower-case primary subtag such as `de`; null when absent or `*`. */
  readonly language: string | null
}

/** What `describe` reads; header values as they came. */
export type RequestSignals = {
  readonly remoteAddress: string
  readonly forwardedFor: string | undefined
  readonly userAgent: string | undefined
  readonly acceptLanguage: string | undefined
  readonly hints?: ClientHints
}

/** Module face: everything a request tells, in one call. */
export abstract class RequestContext {
  /** Facts of a request; the client address is the right-most hop of X-Forwarded-For that is not a trusted proxy. */
  abstract describe(signals: RequestSignals): RequestFacts
  /** The same for an address and agent that an authenticated caller states (server-to-server decisions). */
  abstract describeStated(stated: {
    ip: string | null
    userAgent: string | null
    acceptLanguage: string | undefined
  }): RequestFacts
  abstract readonly geoDimensions: ReadonlySet<GeoDimension>
}

export {
  categoriesWithParents,
  categoryId,
  categoryName,
  CONTENT_TAXONOMIES,
} from '#modules/context/taxonomy/content'
