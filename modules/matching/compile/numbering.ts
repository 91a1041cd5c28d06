import {
  TIERS,
  type ServingSnapshot,
  type SnapshotCreative,
  type SnapshotLineItem,
} from '#modules/campaigns/contract'
import { SnapshotInvalidException } from '#modules/matching/exceptions'

/** Creatives of a line item that may serve at all: known to the snapshot and with a weight above 0. */
export type Servable = { readonly creative: SnapshotCreative; readonly weight: number }

/** Line items in rank order. Each tier starts at a multiple of 32; null fills the gaps. */
export type Numbering = {
  readonly lineItems: readonly (SnapshotLineItem | null)[]
  /** First word of each tier, and the end. */
  readonly tierWord: Uint32Array
  readonly tieEnd: Uint32Array
  readonly numberOf: ReadonlyMap<string, number>
}

/** Order within a tier: eCPM from high to low, then id; the order of the snapshot plays no part. */
function byRank(a: SnapshotLineItem, b: SnapshotLineItem): number {
  return b.ecpmMicros - a.ecpmMicros || (a.id < b.id ? -1 : 1)
}

/** @throws SnapshotInvalidException when a line item is of no tier or occurs twice */
export function numberLineItems(snapshot: ServingSnapshot): Numbering {
  const lineItems: (SnapshotLineItem | null)[] = []
  const numberOf = new Map<string, number>()
  const tiers = new Map<string, SnapshotLineItem[]>(TIERS.map((tier) => [tier, []]))
  for (const lineItem of snapshot.lineItems) {
    const tier = tiers.get(lineItem.tier)
    if (!tier) {
      throw new SnapshotInvalidException(`lineItems[${lineItem.id}].tier`, lineItem.tier, TIERS.join(', '))
    }
    tier.push(lineItem)
  }
  const tierWord = [0]
  for (const tier of tiers.values()) {
    for (const lineItem of tier.sort(byRank)) {
      if (numberOf.has(lineItem.id)) {
        throw new SnapshotInvalidException(
          `lineItems[${lineItem.id}].id`,
          lineItem.id,
          'an id that occurs once'
        )
      }
      numberOf.set(lineItem.id, lineItems.push(lineItem) - 1)
    }
    while (lineItems.length % 32 !== 0) lineItems.push(null)
    tierWord.push(lineItems.length / 32)
  }
  return { lineItems, tierWord: Uint32Array.from(tierWord), tieEnd: tieEnds(lineItems), numberOf }
}

/** For each number the end of its run of equal tier and eCPM. */
function tieEnds(lineItems: readonly (SnapshotLineItem | null)[]): Uint32Array {
  const ends = new Uint32Array(lineItems.length)
  let end = lineItems.length
  for (let at = lineItems.length - 1; at >= 0; at--) {
    const here = lineItems[at]
    const next = lineItems[at + 1] ?? null
    if (here === null || next === null || here.tier !== next.tier || here.ecpmMicros !== next.ecpmMicros) {
      end = at + 1
    }
    ends[at] = end
  }
  return ends
}

/** Servable creatives by line number, in the line item's order; empty for gaps. */
export function servableCreatives(
  snapshot: ServingSnapshot,
  { lineItems }: Numbering
): readonly (readonly Servable[])[] {
  const byId = new Map<string, SnapshotCreative>(
    snapshot.creatives.map((creative) => [creative.id, creative])
  )
  return lineItems.map((lineItem) => {
    const servable: Servable[] = []
    for (const { creativeId, weight } of lineItem?.creatives ?? []) {
      const creative = byId.get(creativeId)
      if (creative && weight > 0) servable.push({ creative, weight })
    }
    return servable
  })
}
