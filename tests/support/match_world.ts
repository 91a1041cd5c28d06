/** A small world around a `MatchEngine` for its contract suite. */
import type { DeliveryStateSection, ServingSnapshot, SnapshotLineItem } from '#modules/campaigns/contract'
import type { MatchEngine, MatchInput } from '#modules/matching/contract'
import { creative, inputFor, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

export const DRAWS = 2 ** 32
export type Make = (snapshot: ServingSnapshot) => MatchEngine

/** One placement, one creative, line items as the test changes them; line items are named by their position. */
export function world(make: Make, changes: readonly Partial<SnapshotLineItem>[], place = placement()) {
  const banner = creative()
  const lines = changes.map((change) => lineItem([banner], change))
  const engine = make(snapshotOf([place], [banner], lines))
  const at = (input: Partial<MatchInput> = {}) => {
    const match = engine.decide(inputFor(place.id, input))
    return match ? lines.findIndex(({ id }) => id === match.lineItem.id) : null
  }
  const why = (input: Partial<MatchInput> = {}) => {
    const reasons = engine.explain(inputFor(place.id, input))
    return lines.map(({ id }) => reasons.get(id))
  }
  /** Shares of 1,000 evenly spread draws by position; null = nobody. */
  const shares = (input: Partial<MatchInput> = {}) => {
    const counts: Record<string, number> = {}
    for (let draw = 0; draw < 1000; draw++) {
      const winner = String(at({ ...input, draw: [Math.ceil((draw * DRAWS) / 1000), 0] }))
      counts[winner] = (counts[winner] ?? 0) + 1
    }
    return counts
  }
  return { engine, lines, place, at, why, shares }
}

/** A delivery state by position: impressions (and a click per 100), and line items that are out of money, or whose campaign is. */
export function state(
  lines: readonly SnapshotLineItem[],
  impressions: readonly number[],
  spent: readonly number[] = [],
  ownSpent: readonly number[] = []
): DeliveryStateSection {
  return {
    version: 1,
    delivered: new Map(
      impressions.map((count, at) => [lines[at].id, { impressions: count, clicks: Math.floor(count / 100) }])
    ),
    spentCampaigns: new Set(spent.map((at) => lines[at].campaignId)),
    ...(ownSpent.length > 0 ? { spentLineItems: new Set(ownSpent.map((at) => lines[at].id)) } : {}),
  }
}
