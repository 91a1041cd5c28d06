import type { ServingSnapshot, SnapshotLineItem } from '#modules/campaigns/contract'
import type { Blocks, Size } from '#modules/inventory/contract'
import type { IndexedPlacement, IndexedSize } from '#modules/matching/hot/candidate_index'
import { setBit } from '#modules/matching/hot/bits'
import { isBlocked } from '#modules/matching/compile/blocks'
import type { Servable } from '#modules/matching/compile/numbering'
import { intersect, type RowStore, unite, valueRows } from '#modules/matching/compile/rows'

const PLACEMENTS_PER_STEP = 64

type LineItems = readonly (SnapshotLineItem | null)[]

/** Numbers the sizes of a snapshot; equal sizes share a number. */
export class SizeNumbers {
  readonly #numbers = new Map<string, number>()
  of({ width, height }: Size): number {
    const key = `${width}x${height}`
    const number = this.#numbers.get(key) ?? this.#numbers.size
    this.#numbers.set(key, number)
    return number
  }
  get count(): number {
    return this.#numbers.size
  }
}

/**
 * One row per placement: admitted by placement and site targeting, with a creative that fits one of its sizes, and
 * worth its floor (house line items are not bound by it). Placements that end up with equal rows share one.
 */
export function* indexPlacements(
  snapshot: ServingSnapshot,
  lineItems: LineItems,
  creatives: readonly (readonly Servable[])[],
  sizes: SizeNumbers,
  rows: RowStore
): Generator<void, Map<string, IndexedPlacement>> {
  const bySite = valueRows(
    rows.words,
    lineItems.map((line) => line && line.targeting.sites)
  )
  const byPlacement = valueRows(
    rows.words,
    lineItems.map((line) => line && line.targeting.placements)
  )
  yield
  const bySize = sizeRows(rows.words, creatives, sizes)
  yield
  const byFloor = new Map<number, Int32Array>()
  const byBlocks = new Map<string, Int32Array>()
  const none = new Int32Array(rows.words)
  const indexed = new Map<string, IndexedPlacement>()
  for (const placement of snapshot.placements) {
    const distinct = new Map(placement.sizes.map((size) => [sizes.of(size), size]))
    const placementSizes: IndexedSize[] = [...distinct].map(([number, { width, height }]) => {
      return { width, height, number, row: rows.add(bySize.get(number) ?? none) }
    })
    const floor = byFloor.get(placement.floorMicros) ?? floorRow(rows.words, lineItems, placement.floorMicros)
    byFloor.set(placement.floorMicros, floor)
    const row = new Int32Array(rows.words)
    for (const size of placementSizes) unite(row, rows.get(size.row))
    intersect(row, bySite.byValue.get(placement.siteId) ?? bySite.other)
    intersect(row, byPlacement.byValue.get(placement.id) ?? byPlacement.other)
    intersect(row, floor)
    if (placement.blocks) {
      const key = JSON.stringify(placement.blocks)
      const allowed = byBlocks.get(key) ?? allowedRow(rows.words, lineItems, creatives, placement.blocks)
      byBlocks.set(key, allowed)
      intersect(row, allowed)
    }
    if (indexed.size % PLACEMENTS_PER_STEP === 0) yield
    indexed.set(placement.id, { row: placement.active ? rows.add(row) : -1, sizes: placementSizes })
  }
  return indexed
}

/** By number of a size: the line items that have a creative of it. */
function sizeRows(
  words: number,
  creatives: readonly (readonly Servable[])[],
  sizes: SizeNumbers
): Map<number, Int32Array> {
  const bySize = new Map<number, Int32Array>()
  creatives.forEach((servable, line) => {
    for (const { creative } of servable) {
      const number = sizes.of(creative)
      const row = bySize.get(number) ?? new Int32Array(words)
      bySize.set(number, row)
      setBit(row, line)
    }
  })
  return bySize
}

function floorRow(words: number, lineItems: LineItems, floorMicros: number): Int32Array {
  const row = new Int32Array(words)
  lineItems.forEach((line, number) => {
    if (line && (line.tier === 'house' || line.ecpmMicros >= floorMicros)) setBit(row, number)
  })
  return row
}

/** Line items that the publisher's blocks let through. */
function allowedRow(
  words: number,
  lineItems: LineItems,
  creatives: readonly (readonly Servable[])[],
  blocks: Blocks
): Int32Array {
  const row = new Int32Array(words)
  lineItems.forEach((line, number) => {
    if (line === null) return
    const shown = creatives[number].map(({ creative }) => creative)
    if (!isBlocked(blocks, line, shown)) setBit(row, number)
  })
  return row
}
