import type { Rule, ServingSnapshot, SnapshotLineItem } from '#modules/campaigns/contract'
import {
  FURTHER_SINGLE,
  SINGLE_VALUED,
  type CandidateIndex,
  type Dimension,
  type FurtherDimension,
  type SingleValued,
} from '#modules/matching/hot/candidate_index'
import { setBit } from '#modules/matching/hot/bits'
import type { Predicate } from '#modules/matching/hot/predicates'
import { newThrottle } from '#modules/matching/hot/throttle'
import { indexManyValued } from '#modules/matching/compile/many_valued'
import { numberLineItems, servableCreatives, type Servable } from '#modules/matching/compile/numbering'
import { indexPlacements, SizeNumbers } from '#modules/matching/compile/placements'
import { predicatesOf } from '#modules/matching/compile/predicates'
import { RowStore, valueRows } from '#modules/matching/compile/rows'
import { compileSchedule } from '#modules/matching/compile/schedule'
import { SnapshotInvalidException } from '#modules/matching/exceptions'

/**
 * Builds the index of a snapshot; the snapshot is only read. Time per line item: docs/benchmarks.md.
 *
 * @throws SnapshotInvalidException when the format is unknown, a tier or time zone does not exist or an id occurs twice
 */
export function compileIndex(snapshot: ServingSnapshot): CandidateIndex {
  const steps = compileInSteps(snapshot)
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** The same in steps of about equal length, so that a process that also serves can breathe between them. */
export function* compileInSteps(snapshot: ServingSnapshot): Generator<void, CandidateIndex> {
  if (snapshot.format !== 1) throw new SnapshotInvalidException('format', snapshot.format, '1')
  const numbering = numberLineItems(snapshot)
  yield
  const { lineItems, tierWord, tieEnd, numberOf } = numbering
  const words = lineItems.length / 32
  const rows = new RowStore(words)
  rows.reserve() // LIVE_ROW
  const creatives = servableCreatives(snapshot, numbering)
  yield
  const sizes = new SizeNumbers()
  const placements = yield* indexPlacements(snapshot, lineItems, creatives, sizes, rows)
  const dimensions = yield* indexDimensions(rows, lineItems)
  const schedule = compileSchedule(words, lineItems)
  yield
  const further = yield* indexFurther(rows, lineItems)
  const predicates = lineItems.map(predicatesIn)
  yield
  const many = indexManyValued(words, lineItems)
  predicates.forEach((asked, line) => asked && setBit(many.ruled, line))
  yield
  const layout = layCreatives(lineItems, creatives, sizes)
  yield
  return {
    lineCount: lineItems.length,
    words,
    ...rows.pack(),
    tierWord,
    tieEnd,
    dimensions,
    further,
    placements,
    share: Float64Array.from(lineItems, (line) =>
      line?.tier === 'sponsorship' ? (line.shareOfVoice ?? 0) : 0
    ),
    many,
    predicates,
    throttle: newThrottle(lineItems, many.ruled),
    placementFacts: new Map(
      snapshot.placements.map(({ id, siteId, categories = [] }) => [id, { siteId, categories }])
    ),
    schedule,
    startsAt: schedule.startsAt,
    endsAt: schedule.endsAt,
    goal: Float64Array.from(lineItems, (line) => line?.goal?.quantity ?? 0),
    ...layout,
    sizeCount: sizes.count,
    lineItems,
    numberOf,
  }
}

function* indexDimensions(
  rows: RowStore,
  lineItems: readonly (SnapshotLineItem | null)[]
): Generator<void, Record<SingleValued, Dimension>> {
  const indexed: [SingleValued, Dimension][] = []
  for (const name of SINGLE_VALUED) {
    const rules: (Rule | undefined | null)[] = lineItems.map((line) => line && line.targeting[name])
    const { byValue, other } = valueRows(rows.words, rules)
    const rowOf = new Map([...byValue].map(([value, row]) => [value, rows.add(row)]))
    indexed.push([name, { rowOf, otherRow: rows.add(other) }])
    yield
  }
  return Object.fromEntries(indexed) as Record<SingleValued, Dimension>
}

/** Rows of the further dimensions that line items name; most snapshots name none of them. */
function* indexFurther(
  rows: RowStore,
  lineItems: readonly (SnapshotLineItem | null)[]
): Generator<void, FurtherDimension[]> {
  const indexed: FurtherDimension[] = []
  for (const [name, field] of FURTHER_SINGLE) {
    const rules: (Rule | undefined | null)[] = lineItems.map((line) => line && line.targeting[name])
    if (!rules.some((rule) => rule?.include?.length || rule?.exclude?.length)) continue
    const { byValue, other } = valueRows(rows.words, rules)
    const rowOf = new Map([...byValue].map(([value, row]) => [value, rows.add(row)]))
    indexed.push({ field, rowOf, otherRow: rows.add(other) })
    yield
  }
  return indexed
}

function predicatesIn(lineItem: SnapshotLineItem | null): readonly Predicate[] | null {
  const predicates = lineItem === null ? [] : predicatesOf(lineItem.targeting, lineItem.timeZone)
  return predicates.length === 0 ? null : predicates
}

function layCreatives(
  lineItems: readonly (SnapshotLineItem | null)[],
  creatives: readonly (readonly Servable[])[],
  sizes: SizeNumbers
) {
  const creativeStart = new Uint32Array(lineItems.length + 1)
  const flat = creatives.flat()
  const matches: CandidateIndex['matches'][number][] = []
  lineItems.forEach((lineItem, line) => {
    if (lineItem) {
      for (const { creative } of creatives[line]) matches.push(Object.freeze({ lineItem, creative }))
    }
    creativeStart[line + 1] = matches.length
  })
  return {
    creativeStart,
    creativeWeight: Float64Array.from(flat, ({ weight }) => weight),
    creativeSize: Uint32Array.from(flat, ({ creative }) => sizes.of(creative)),
    matches,
  }
}
