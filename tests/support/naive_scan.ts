/**
 * The loop that one writes first: every line item is asked whether it meets the request, and the best is kept. The
 * yardstick of `npm run bench -- decide`, so it is given every advantage that a plain scan can have: cheap checks
 * first, the placement and the creatives found by key, the hour of the week known per zone.
 */
import {
  TIERS,
  type Rule,
  type ServingSnapshot,
  type SnapshotCreative,
  type SnapshotLineItem,
} from '#modules/campaigns/contract'
import type { Size, SnapshotPlacement } from '#modules/inventory/contract'
import type { MatchInput } from '#modules/matching/contract'

export class NaiveScan {
  readonly #placements: ReadonlyMap<string, SnapshotPlacement>
  readonly #creatives: ReadonlyMap<string, SnapshotCreative>

  /** @param hourOfWeek 0 = Monday 00:00 … 167, local hour of the requests in a zone */
  constructor(
    private readonly snapshot: ServingSnapshot,
    private readonly hourOfWeek: (zone: string) => number
  ) {
    this.#placements = new Map(snapshot.placements.map((placement) => [placement.id, placement]))
    this.#creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]))
  }

  /** The first line item of the best tier and eCPM that meets the request; null when none does. */
  winner(input: MatchInput): SnapshotLineItem | null {
    const placement = this.#placements.get(input.placementId)
    if (!placement?.active) return null
    const sizes = placement.sizes.filter(
      (size) => input.sizes === null || input.sizes.some((asked) => same(asked, size))
    )
    let best: SnapshotLineItem | null = null
    for (const lineItem of this.snapshot.lineItems) {
      if (this.#meets(lineItem, placement, sizes, input) && (best === null || isBetter(lineItem, best))) {
        best = lineItem
      }
    }
    return best
  }

  #meets(
    lineItem: SnapshotLineItem,
    placement: SnapshotPlacement,
    sizes: readonly Size[],
    input: MatchInput
  ): boolean {
    const { targeting, tier, startsAt, endsAt } = lineItem
    if (input.nowMs < startsAt || (endsAt !== null && input.nowMs >= endsAt)) return false
    if (tier !== 'house' && lineItem.ecpmMicros < placement.floorMicros) return false
    if (!one(targeting.countries, input.country) || !one(targeting.deviceTypes, input.deviceType)) {
      return false
    }
    if (!one(targeting.operatingSystems, input.os) || !one(targeting.browsers, input.browser)) return false
    if (!one(targeting.languages, input.language) || !one(targeting.sites, placement.siteId)) return false
    if (!one(targeting.placements, placement.id) || !some(targeting.keywords, input.keywords)) return false
    for (const rule of targeting.keyValues ?? []) {
      if (!some(rule, Object.hasOwn(input.keyValues, rule.key) ? input.keyValues[rule.key] : [])) return false
    }
    const { segments } = targeting
    if (!some(segments, input.segments ?? [])) return false
    if (segments?.allOf?.some((include) => !some({ include }, input.segments ?? []))) return false
    if (targeting.dayparts?.length && !this.#onAir(lineItem)) return false
    return lineItem.creatives.some(({ creativeId, weight }) => {
      const creative = this.#creatives.get(creativeId)
      return creative !== undefined && weight > 0 && sizes.some((size) => same(size, creative))
    })
  }

  #onAir({ timeZone, targeting }: SnapshotLineItem): boolean {
    const hour = this.hourOfWeek(timeZone)
    const weekday = Math.floor(hour / 24) + 1
    const ofDay = hour % 24
    return targeting.dayparts!.some(
      (part) => ofDay >= part.fromHour && ofDay < part.toHour && part.days.includes(weekday)
    )
  }
}

function isBetter(a: SnapshotLineItem, b: SnapshotLineItem): boolean {
  if (a.tier !== b.tier) return TIERS.indexOf(a.tier) < TIERS.indexOf(b.tier)
  return a.ecpmMicros > b.ecpmMicros
}

function same(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}

function one(rule: Rule | undefined, value: string | null): boolean {
  if (rule === undefined) return true
  if (rule.include?.length && (value === null || !rule.include.includes(value))) return false
  return value === null || !rule.exclude?.includes(value)
}

function some(rule: Rule | undefined, values: readonly string[]): boolean {
  if (rule === undefined) return true
  if (rule.include?.length && !values.some((value) => rule.include!.includes(value))) return false
  return !values.some((value) => rule.exclude?.includes(value))
}
