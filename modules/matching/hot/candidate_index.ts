import type { SnapshotCreative, SnapshotLineItem } from '#modules/campaigns/contract'
import type { Predicate } from '#modules/matching/hot/predicates'
import type { PlacementFacts } from '#modules/matching/hot/request_details'
import type { Schedule } from '#modules/matching/hot/schedule'
import type { Throttle } from '#modules/matching/hot/throttle'

/** Dimensions with at most one value in a request: each has a bitset row per value that a line item names. */
export const SINGLE_VALUED = [
  'countries',
  'deviceTypes',
  'operatingSystems',
  'browsers',
  'languages',
] as const
export type SingleValued = (typeof SINGLE_VALUED)[number]

/** Further ones, whose rows only count where a line item of the snapshot names a value. */
export const FURTHER_SINGLE = [
  ['regions', 'region'],
  ['cities', 'city'],
  ['timeZones', 'timeZone'],
  ['connectionTypes', 'connectionType'],
] as const
export type FurtherDimension = Dimension & { readonly field: (typeof FURTHER_SINGLE)[number][1] }

/** Rows of one dimension: a row number by value, and the row of every value that no line item names. */
export type Dimension = { readonly rowOf: ReadonlyMap<string, number>; readonly otherRow: number }

/** A placement as the index knows it. `row` folds placement and site targeting, sizes and floor; -1 = serves nothing. */
export type IndexedPlacement = { readonly row: number; readonly sizes: readonly IndexedSize[] }
export type IndexedSize = {
  readonly width: number
  readonly height: number
  readonly number: number
  readonly row: number
}

/** The row that changes while the index lives: line items that run now, have money and goal left, and are not held. */
export const LIVE_ROW = 0

/**
 * A snapshot of one organisation in typed arrays. Line items are numbered in rank order, which is tier, then
 * eCPM from high to low, then id; each tier starts at a whole word, so some numbers stand for nothing.
 *
 * `bits` holds rows of `words` words, `summary` rows of `summaryWords` words of which bit w says that word w of the
 * row is not 0. Include and exclude are folded in: a row has the bit of a line item exactly when the dimension
 * admits that value. Only LIVE_ROW is written after the build.
 */
export type CandidateIndex = {
  /** Numbers given out, holes included; `words` × 32. */
  readonly lineCount: number
  readonly words: number
  readonly summaryWords: number
  readonly bits: Int32Array
  readonly summary: Int32Array
  /** First word of each of the four tiers, and the end; 5 entries. */
  readonly tierWord: Uint32Array
  /** End (exclusive) of the run of numbers with the same tier and eCPM. */
  readonly tieEnd: Uint32Array
  readonly dimensions: Readonly<Record<SingleValued, Dimension>>
  /** Of FURTHER_SINGLE those that some line item names. */
  readonly further: readonly FurtherDimension[]
  readonly placements: ReadonlyMap<string, IndexedPlacement>
  readonly sizeCount: number
  /** Sponsorship: percent; 0 elsewhere. */
  readonly share: Float64Array
  readonly many: ManyValued
  /** By line number: what is asked of survivors besides `many`; null = nothing. Their bits are in `many.ruled`. */
  readonly predicates: readonly (readonly Predicate[] | null)[]
  /** What placements add to requests, for predicates. */
  readonly placementFacts: ReadonlyMap<string, PlacementFacts>
  readonly schedule: Schedule
  /** Written with each delivery state. */
  readonly throttle: Throttle
  /** Milliseconds; end = Infinity when open. */
  readonly startsAt: Float64Array
  readonly endsAt: Float64Array
  /** 0 = no goal. */
  readonly goal: Float64Array
  /** Creatives of line n: entries creativeStart[n] … creativeStart[n + 1] of the three that follow. */
  readonly creativeStart: Uint32Array
  readonly creativeWeight: Float64Array
  readonly creativeSize: Uint32Array
  readonly matches: readonly { readonly lineItem: SnapshotLineItem; readonly creative: SnapshotCreative }[]
  /** null stands for a hole. */
  readonly lineItems: readonly (SnapshotLineItem | null)[]
  readonly numberOf: ReadonlyMap<string, number>
}

/**
 * Keywords, key-values and segments, checked on survivors only. Each value that a rule names has a number. Rules of line n are
 * ruleStart[n] … ruleStart[n + 1]; values of rule r: includes from includeStart[r], excludes from excludeStart[r]
 * up to includeStart[r + 1].
 */
export type ManyValued = {
  readonly keywords: ReadonlyMap<string, number>
  readonly keyValues: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly segments: ReadonlyMap<string, number>
  readonly valueCount: number
  /** Bitset of the line items that have such rules. */
  readonly ruled: Int32Array
  readonly ruleStart: Uint32Array
  readonly includeStart: Uint32Array
  readonly excludeStart: Uint32Array
  readonly values: Uint32Array
}
