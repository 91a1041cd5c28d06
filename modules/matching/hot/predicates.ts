/**
 * Dimensions that no row can hold, checked on survivors only. Each answers for one request at a time; an unknown value
 * hits nothing, so it meets no include and no exclude.
 */
import type { Circle, NumberRange } from '#modules/campaigns/contract'
import type { NoServe } from '#modules/matching/contract'
import { compareDotted } from '#modules/matching/hot/dotted'
import { matchesGlob, type Glob } from '#modules/matching/hot/glob'
import type { NetworkSet } from '#modules/matching/hot/network_set'
import { liesIn } from '#modules/matching/hot/page_words'
import type { RequestDetails, Source } from '#modules/matching/hot/request_details'

export abstract class Predicate {
  /** The reason when it refuses. */
  abstract readonly code: NoServe
  abstract meets(request: RequestDetails): boolean
}

/** True when all meet; none = true. */
export function meetsAll(predicates: readonly Predicate[], request: RequestDetails): boolean {
  for (let at = 0; at < predicates.length; at++) if (!predicates[at].meets(request)) return false
  return true
}

/** A rule of words; empty sets say nothing. */
export class WordsPredicate extends Predicate {
  constructor(
    readonly code: NoServe,
    private readonly source: Source,
    private readonly include: ReadonlySet<string>,
    private readonly exclude: ReadonlySet<string>
  ) {
    super()
  }
  meets(request: RequestDetails): boolean {
    if (this.include.size > 0 && !request.hasAny(this.source, this.include)) return false
    return this.exclude.size === 0 || !request.hasAny(this.source, this.exclude)
  }
}

/** A rule whose items are tried one by one; empty lists say nothing. */
abstract class ItemsPredicate<Item> extends Predicate {
  constructor(
    readonly code: NoServe,
    private readonly include: readonly Item[],
    private readonly exclude: readonly Item[]
  ) {
    super()
  }
  protected abstract hits(item: Item, request: RequestDetails): boolean
  meets(request: RequestDetails): boolean {
    if (this.include.length > 0 && !this.#any(this.include, request)) return false
    return !this.#any(this.exclude, request)
  }
  #any(items: readonly Item[], request: RequestDetails): boolean {
    for (let at = 0; at < items.length; at++) if (this.hits(items[at], request)) return true
    return false
  }
}

export type Versions = {
  readonly family: string
  readonly from: readonly number[] | null
  readonly to: readonly number[] | null
}

export class OsVersionPredicate extends ItemsPredicate<Versions> {
  protected hits(item: Versions, { input, osVersion }: RequestDetails): boolean {
    return input.os === item.family && within(item, osVersion)
  }
}

export class BrowserVersionPredicate extends ItemsPredicate<Versions> {
  protected hits(item: Versions, { input, browserVersion }: RequestDetails): boolean {
    return input.browser === item.family && within(item, browserVersion)
  }
}

function within({ from, to }: Versions, version: readonly number[] | null): boolean {
  if (version === null) return false
  if (from !== null && compareDotted(version, from) < 0) return false
  return to === null || compareDotted(version, to) <= 0
}

export class SectionPredicate extends ItemsPredicate<string> {
  protected hits(section: string, { page }: RequestDetails): boolean {
    return page !== null && liesIn(page.path, section)
  }
}

export class PageUrlPredicate extends ItemsPredicate<{ readonly host: Glob; readonly path: Glob }> {
  protected hits(pattern: { readonly host: Glob; readonly path: Glob }, { page }: RequestDetails): boolean {
    return page !== null && matchesGlob(pattern.host, page.host) && matchesGlob(pattern.path, page.path)
  }
}

/** Phrases come as ` real estate `: with the spaces they cannot begin or end within a word. */
export class PhrasePredicate extends ItemsPredicate<string> {
  protected hits(phrase: string, { text }: RequestDetails): boolean {
    return text.includes(phrase)
  }
}

export class AreaPredicate extends ItemsPredicate<Circle> {
  protected hits(circle: Circle, { input }: RequestDetails): boolean {
    const { latitude, longitude } = input
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return false
    return kilometres(circle.latitude, circle.longitude, latitude, longitude) <= circle.km
  }
}

export class AddressPredicate extends ItemsPredicate<NetworkSet> {
  protected hits(networks: NetworkSet, { address }: RequestDetails): boolean {
    return address !== null && networks.has(address)
  }
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,9})?$/

/** Words and ranges of one key. */
export class KeyValuePredicate extends ItemsPredicate<ReadonlySet<string> | NumberRange> {
  constructor(
    private readonly key: string,
    include: readonly (ReadonlySet<string> | NumberRange)[],
    exclude: readonly (ReadonlySet<string> | NumberRange)[]
  ) {
    super('key_values', include, exclude)
  }
  protected hits(item: ReadonlySet<string> | NumberRange, { input }: RequestDetails): boolean {
    if (!Object.hasOwn(input.keyValues, this.key)) return false
    const values = input.keyValues[this.key]
    for (let at = 0; at < values.length; at++) {
      if (item instanceof Set ? item.has(values[at]) : isWithin(item as NumberRange, values[at])) return true
    }
    return false
  }
}

function isWithin({ from, to }: NumberRange, value: string): boolean {
  if (!NUMBER.test(value)) return false
  const number = Number(value)
  return (from === undefined || number >= from) && (to === undefined || number <= to)
}

/** Hours on the viewer's clock; `quarters` are the 672 of a week, 1 = runs. */
export class ViewerDaypartPredicate extends Predicate {
  readonly code = 'daypart'
  constructor(private readonly quarters: Uint8Array) {
    super()
  }
  meets(request: RequestDetails): boolean {
    const { timeZone } = request.input
    const quarter = timeZone ? request.quarterIn(timeZone) : null
    return quarter !== null && this.quarters[quarter] === 1
  }
}

/** The same on a clock that is given. */
export class ZoneDaypartPredicate extends Predicate {
  readonly code = 'daypart'
  constructor(
    private readonly zone: string,
    private readonly quarters: Uint8Array
  ) {
    super()
  }
  meets(request: RequestDetails): boolean {
    const quarter = request.quarterIn(this.zone)
    return quarter !== null && this.quarters[quarter] === 1
  }
}

/** Holds when all predicates of one of the alternatives do; no alternative: never. */
export class GroupPredicate extends Predicate {
  readonly code = 'group'
  constructor(private readonly alternatives: readonly (readonly Predicate[])[]) {
    super()
  }
  meets(request: RequestDetails): boolean {
    for (let at = 0; at < this.alternatives.length; at++) {
      if (meetsAll(this.alternatives[at], request)) return true
    }
    return false
  }
}

const EARTH_KM = 6371.0088 // mean radius
const RADIANS = Math.PI / 180

/** Great-circle distance between two places in degrees. @source haversine formula, IUGG mean radius */
export function kilometres(
  latitude1: number,
  longitude1: number,
  latitude2: number,
  longitude2: number
): number {
  const north = Math.sin(((latitude2 - latitude1) * RADIANS) / 2)
  const east = Math.sin(((longitude2 - longitude1) * RADIANS) / 2)
  const part = north * north + Math.cos(latitude1 * RADIANS) * Math.cos(latitude2 * RADIANS) * east * east
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(part)))
}
