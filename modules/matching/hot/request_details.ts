/**
 * What predicates look at, worked out of a request at first need and at most once. One per engine, reused by each
 * decision; requests that meet no line item with a predicate never fill it.
 */
import { parseIp } from '#modules/kernel/ip_address'
import type { MatchInput } from '#modules/matching/contract'
import { dottedNumbers } from '#modules/matching/hot/dotted'
import { pageOf, readablePath, spacedWords, type Page } from '#modules/matching/hot/page_words'
import { QUARTER_MS, ZoneHour } from '#modules/matching/hot/zone_hour'

/** What a placement adds to a request. */
export type PlacementFacts = { readonly siteId: string; readonly categories: readonly string[] }

/** The plain values of a request that a rule of words can be about. */
export type Source =
  | 'placementId'
  | 'siteId'
  | 'country'
  | 'deviceType'
  | 'os'
  | 'browser'
  | 'language'
  | 'region'
  | 'city'
  | 'timeZone'
  | 'connectionType'
  | 'keywords'
  | 'segments'
  | 'categories'

const NOTHING: readonly string[] = []
const NO_INPUT: MatchInput = {
  placementId: '',
  sizes: null,
  country: null,
  deviceType: null,
  os: null,
  browser: null,
  language: null,
  keywords: NOTHING,
  keyValues: {},
  nowMs: 0,
  draw: [0, 0],
  used: new Set(),
}
/** Zones of viewers whose hour is kept; there are some 400 in use. */
const KEPT_ZONES = 512

export class RequestDetails {
  input: MatchInput = NO_INPUT
  #page: Page | null | undefined
  #text: string | undefined
  #address: Uint8Array | null | undefined
  #osVersion: readonly number[] | null | undefined
  #browserVersion: readonly number[] | null | undefined
  readonly #zones = new Map<string, ZoneHour | null>()

  constructor(private readonly placements: ReadonlyMap<string, PlacementFacts>) {}

  /** Goes on to another request; what was known of the last one is forgotten. */
  take(input: MatchInput): this {
    this.input = input
    this.#page = undefined
    this.#text = undefined
    this.#address = undefined
    this.#osVersion = undefined
    this.#browserVersion = undefined
    return this
  }

  /** Whether the request has a value that the set holds. */
  hasAny(source: Source, values: ReadonlySet<string>): boolean {
    const { input } = this
    if (source === 'keywords') return anyOf(values, input.keywords)
    if (source === 'segments') return anyOf(values, input.segments ?? NOTHING)
    if (source === 'categories') {
      return (
        anyOf(values, input.categories ?? NOTHING) || anyOf(values, this.#placement?.categories ?? NOTHING)
      )
    }
    const value = source === 'siteId' ? this.#placement?.siteId : input[source]
    return value !== null && value !== undefined && values.has(value)
  }

  get page(): Page | null {
    const { pageUrl } = this.input
    if (this.#page === undefined) this.#page = pageUrl ? pageOf(pageUrl) : null
    return this.#page
  }

  /** Words of each keyword and of the page's path; a line break keeps phrases from reaching across. */
  get text(): string {
    if (this.#text === undefined) {
      const path = this.page === null ? '' : readablePath(this.page.path)
      this.#text = [...this.input.keywords, path].map(spacedWords).join('\n')
    }
    return this.#text
  }

  /** 4 or 16 bytes. */
  get address(): Uint8Array | null {
    const { address } = this.input
    if (this.#address === undefined) this.#address = address ? parseIp(address) : null
    return this.#address
  }

  get osVersion(): readonly number[] | null {
    const { osVersion } = this.input
    if (this.#osVersion === undefined) this.#osVersion = osVersion ? dottedNumbers(osVersion) : null
    return this.#osVersion
  }

  get browserVersion(): readonly number[] | null {
    const { browserVersion } = this.input
    if (this.#browserVersion === undefined) {
      this.#browserVersion = browserVersion ? dottedNumbers(browserVersion) : null
    }
    return this.#browserVersion
  }

  /** Quarter of the week, 0…671, on the clock of a zone; null when the runtime does not know the zone. */
  quarterIn(zone: string): number | null {
    let clock = this.#zones.get(zone)
    if (clock === undefined) {
      if (this.#zones.size >= KEPT_ZONES) this.#zones.clear()
      this.#zones.set(zone, (clock = clockOf(zone)))
    }
    clock?.moveTo(this.input.nowMs)
    return clock?.slotOfWeek ?? null
  }

  get #placement(): PlacementFacts | undefined {
    return this.placements.get(this.input.placementId)
  }
}

function anyOf(values: ReadonlySet<string>, has: readonly string[]): boolean {
  for (let at = 0; at < has.length; at++) if (values.has(has[at])) return true
  return false
}

/** What a geo database calls a zone may be older or newer than the runtime's list: then it is unknown. */
function clockOf(zone: string): ZoneHour | null {
  try {
    return new ZoneHour(zone, QUARTER_MS)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
