/** A request in numbers, and the scratch space of a decision: allocated once per engine, reused by each decision. */
import type { Size } from '#modules/inventory/contract'
import type { MatchInput } from '#modules/matching/contract'
import { setBit } from '#modules/matching/hot/bits'
import { readBars } from '#modules/matching/hot/bars'
import { TimedCreatives } from '#modules/matching/hot/timed_creatives'
import type { CandidateIndex, Dimension, IndexedPlacement } from '#modules/matching/hot/candidate_index'
import { RequestDetails } from '#modules/matching/hot/request_details'

/** Which survivors a scan keeps, of those that were used on the page before. */
export const ANY = 0
export const UNUSED = 1
export const USED = 2

/** Filled by `readRequest`; a decision allocates nothing of its own. */
export type HotRequest = {
  placementRow: number
  countryRow: number
  deviceRow: number
  osRow: number
  browserRow: number
  languageRow: number
  /** Rows of further dimensions that some line item names; count 0 for most snapshots. */
  readonly furtherRows: Uint32Array
  furtherCount: number
  /** Worked out at first need, with `valuesStamped`. */
  readonly details: RequestDetails
  /** Rows of the sizes asked for, when they are fewer than the placement's; count 0 = all of the placement's. */
  readonly sizeRows: Uint32Array
  sizeRowCount: number
  /** By number of a size: equal to `serial` when a creative of that size fits the request. */
  readonly sizeStamp: Uint32Array
  /** By number of a keyword or key-value: equal to `serial` when the request has it. Stamped at first need. */
  readonly valueStamp: Uint32Array
  valuesStamped: boolean
  serial: number
  mode: typeof ANY | typeof UNUSED | typeof USED
  readonly used: Int32Array
  /** Whether anything is barred; then the bits of the line items, and of the creatives when there are such. */
  bars: boolean
  readonly barred: Int32Array
  creativesBarred: boolean
  readonly barredCreatives: Int32Array
  readonly timed: TimedCreatives
  /** Draw for shares and ties (changes as tiers fall through), draw for creatives; whole numbers below 2^32. */
  readonly draws: Float64Array
  /** Survivors of the last scan: bits by word, and the words that are not 0, ascending. */
  readonly survivors: Int32Array
  readonly hitWords: Uint32Array
  /** Guaranteed line items that tie; its length is how many are asked before all are looked at. */
  readonly tied: Uint32Array
}

const ASKED_FIRST = 32

export function newRequest(index: CandidateIndex): HotRequest {
  let mostSizes = 1
  for (const placement of index.placements.values()) mostSizes = Math.max(mostSizes, placement.sizes.length)
  return {
    placementRow: 0,
    countryRow: 0,
    deviceRow: 0,
    osRow: 0,
    browserRow: 0,
    languageRow: 0,
    furtherRows: new Uint32Array(index.further.length),
    furtherCount: index.further.length,
    details: new RequestDetails(index.placementFacts),
    sizeRows: new Uint32Array(mostSizes),
    sizeRowCount: 0,
    sizeStamp: new Uint32Array(index.sizeCount),
    valueStamp: new Uint32Array(index.many.valueCount),
    valuesStamped: false,
    serial: 0,
    mode: ANY,
    used: new Int32Array(index.words),
    bars: false,
    barred: new Int32Array(index.words),
    creativesBarred: false,
    barredCreatives: new Int32Array((index.matches.length + 31) >>> 5),
    timed: new TimedCreatives(index),
    draws: new Float64Array(2),
    survivors: new Int32Array(index.words),
    hitWords: new Uint32Array(index.words),
    tied: new Uint32Array(ASKED_FIRST),
  }
}

/** Translates an input into rows. False when nothing can serve: unknown or idle placement, or no size of it asked for. */
export function readRequest(index: CandidateIndex, request: HotRequest, input: MatchInput): boolean {
  const placement = index.placements.get(input.placementId)
  if (placement === undefined || placement.row < 0) return false
  nextSerial(request)
  if (!readSizes(request, placement, input.sizes)) return false
  const { dimensions } = index
  request.placementRow = placement.row
  request.countryRow = rowOf(dimensions.countries, input.country)
  request.deviceRow = rowOf(dimensions.deviceTypes, input.deviceType)
  request.osRow = rowOf(dimensions.operatingSystems, input.os)
  request.browserRow = rowOf(dimensions.browsers, input.browser)
  request.languageRow = rowOf(dimensions.languages, input.language)
  readFurther(index, request, input)
  request.draws[0] = input.draw[0]
  request.draws[1] = input.draw[1]
  request.mode = input.used.size === 0 ? ANY : readUsed(index, request, input.used)
  request.bars = readBars(index, request, input)
  return true
}

function readFurther({ further }: CandidateIndex, { furtherRows }: HotRequest, input: MatchInput): void {
  for (let at = 0; at < further.length; at++) {
    furtherRows[at] = rowOf(further[at], input[further[at].field])
  }
}

function rowOf(dimension: Dimension, value: string | null | undefined): number {
  if (value === null || value === undefined) return dimension.otherRow
  return dimension.rowOf.get(value) ?? dimension.otherRow
}

/** Stamps of earlier decisions become void; once in 2^32 decisions they are wiped. */
function nextSerial(request: HotRequest): void {
  request.valuesStamped = false
  request.serial = (request.serial + 1) >>> 0
  if (request.serial !== 0) return
  request.sizeStamp.fill(0)
  request.valueStamp.fill(0)
  request.serial = 1
}

function readSizes(request: HotRequest, placement: IndexedPlacement, asked: readonly Size[] | null): boolean {
  let count = 0
  for (let at = 0; at < placement.sizes.length; at++) {
    const size = placement.sizes[at]
    if (asked !== null && !asksFor(asked, size.width, size.height)) continue
    request.sizeStamp[size.number] = request.serial
    request.sizeRows[count++] = size.row
  }
  request.sizeRowCount = count === placement.sizes.length ? 0 : count
  return count > 0
}

function asksFor(asked: readonly Size[], width: number, height: number): boolean {
  for (let at = 0; at < asked.length; at++) {
    if (asked[at].width === width && asked[at].height === height) return true
  }
  return false
}

/** Marks the line items used before on the page; ANY when none of them is in the snapshot. */
function readUsed(index: CandidateIndex, request: HotRequest, used: ReadonlySet<string>): HotRequest['mode'] {
  let known = 0
  request.used.fill(0)
  for (const id of used) {
    const line = index.numberOf.get(id)
    if (line === undefined) continue
    setBit(request.used, line)
    known++
  }
  return known === 0 ? ANY : UNUSED
}
