import type { SnapshotCreative, SnapshotLineItem } from '#modules/campaigns/contract'
import type { Size, SnapshotPlacement } from '#modules/inventory/contract'
import { NO_SERVE, type MatchInput, type NoServe } from '#modules/matching/contract'
import { isBlocked } from '#modules/matching/compile/blocks'
import { normalRule } from '#modules/matching/compile/keywords'
import { hasRanges } from '#modules/matching/compile/predicates'
import type { Predicate } from '#modules/matching/hot/predicates'
import type { RequestDetails } from '#modules/matching/hot/request_details'
import { admits, admitsAny } from '#modules/matching/services/targeting'
import type { Exhaustion } from '#modules/matching/services/delivery_progress'

/** What a reason is found from: one line item, one request, and what the engine knows of both. */
export type Case = {
  readonly lineItem: SnapshotLineItem
  readonly input: MatchInput
  readonly placement: SnapshotPlacement | null
  readonly held: boolean
  readonly withinDayparts: boolean
  readonly exhaustion: Exhaustion
  /** Pacing holds it back from this request. */
  readonly paced: boolean
  /** Its servable creatives. */
  readonly creatives: readonly SnapshotCreative[]
  /** What of its targeting no row holds, and the request as they read it. */
  readonly predicates: readonly Predicate[]
  readonly details: RequestDetails
  /** Those of its servable creatives that run now. */
  readonly creativeSizes: readonly SnapshotCreative[]
}

type Check = (subject: Case) => boolean

/** One check per reason that a request or an instant can give; true = that is the reason. */
const CHECKS: Readonly<Partial<Record<NoServe, Check>>> = {
  paused: ({ held }) => held,
  not_started: ({ lineItem, input }) => input.nowMs < lineItem.startsAt,
  ended: ({ lineItem, input }) => lineItem.endsAt !== null && input.nowMs >= lineItem.endsAt,
  daypart: ({ withinDayparts }) => !withinDayparts,
  budget_spent: ({ exhaustion }) => exhaustion === 'budget_spent',
  goal_reached: ({ exhaustion }) => exhaustion === 'goal_reached',
  placement: ({ lineItem, placement }) =>
    !placement?.active || !admits(lineItem.targeting.placements, placement.id),
  site: ({ lineItem, placement }) =>
    placement !== null && !admits(lineItem.targeting.sites, placement.siteId),
  size: ({ creativeSizes, placement, input }) =>
    creativeSizes.length > 0 && !fits(creativeSizes, placement, input.sizes),
  no_creative: ({ creativeSizes }) => creativeSizes.length === 0,
  floor: ({ lineItem, placement }) =>
    lineItem.tier !== 'house' && lineItem.ecpmMicros < (placement?.floorMicros ?? 0),
  publisher_block: ({ lineItem, placement, creatives }) =>
    placement?.blocks !== undefined && isBlocked(placement.blocks, lineItem, creatives),
  country: ({ lineItem, input }) => !admits(lineItem.targeting.countries, input.country),
  device_type: ({ lineItem, input }) => !admits(lineItem.targeting.deviceTypes, input.deviceType),
  os: ({ lineItem, input }) => !admits(lineItem.targeting.operatingSystems, input.os),
  browser: ({ lineItem, input }) => !admits(lineItem.targeting.browsers, input.browser),
  language: ({ lineItem, input }) => !admits(lineItem.targeting.languages, input.language),
  keywords: ({ lineItem: { targeting }, input }) =>
    !admitsAny(targeting.keywords && normalRule(targeting.keywords), input.keywords),
  key_values: ({ lineItem, input }) =>
    (lineItem.targeting.keyValues ?? []).some(
      (rule) => !hasRanges(rule) && !admitsAny(rule, valuesOf(input, rule.key))
    ),
  region: ({ lineItem, input }) => !admits(lineItem.targeting.regions, input.region ?? null),
  city: ({ lineItem, input }) => !admits(lineItem.targeting.cities, input.city ?? null),
  time_zone: ({ lineItem, input }) => !admits(lineItem.targeting.timeZones, input.timeZone ?? null),
  connection_type: ({ lineItem, input }) =>
    !admits(lineItem.targeting.connectionTypes, input.connectionType ?? null),
  segments: ({ lineItem: { targeting }, input: { segments = [] } }) =>
    !admitsAny(targeting.segments, segments) ||
    (targeting.segments?.allOf ?? []).some((include) => !admitsAny({ include }, segments)),
  frequency_cap: ({ lineItem, creativeSizes, placement, input }) =>
    input.capped !== undefined &&
    isCapped(lineItem, creativeSizes, placement, { ...input, capped: input.capped }),
  competitive_exclusion: ({ lineItem, input }) =>
    (lineItem.exclusionKeys ?? []).some((key) => input.pageKeys?.has(key)),
  roadblock: ({ lineItem: { id }, input }) =>
    input.without?.has(id) === true || (input.only !== undefined && input.only !== id),
  pacing: ({ paced }) => paced,
}

/** The first reason, in the order of NO_SERVE, for which a line item does not meet a request; null = it does. */
export function firstReason(subject: Case): NoServe | null {
  const { predicates, details } = subject
  const refuses = (reason: NoServe) =>
    predicates.some((predicate) => predicate.code === reason && !predicate.meets(details))
  return NO_SERVE.find((reason) => CHECKS[reason]?.(subject) || refuses(reason)) ?? null
}

/**
 * Why a line item that meets the request lost to the winner.
 *
 * @param used       it was used on the page before
 * @param winnerUsed the winner was used on the page before, or there is no winner: then the used ones were looked at
 */
export function lostBecause(lineItem: SnapshotLineItem, used: boolean, winnerUsed: boolean): NoServe {
  if (used && !winnerUsed) return 'already_on_page'
  return lineItem.tier === 'sponsorship' ? 'share_of_voice' : 'outranked'
}

/** Its own cap, that of its campaign or advertiser, or those of all its creatives that fit. */
function isCapped(
  { id, campaignId, advertiserId }: SnapshotLineItem,
  creatives: readonly SnapshotCreative[],
  placement: SnapshotPlacement | null,
  { capped, sizes }: { capped: ReadonlySet<string>; sizes: readonly Size[] | null }
): boolean {
  if (capped.has(id) || capped.has(campaignId) || capped.has(advertiserId)) return true
  return creatives.every((creative) => capped.has(creative.id) || !fits([creative], placement, sizes))
}

function fits(
  creativeSizes: readonly Size[],
  placement: SnapshotPlacement | null,
  asked: readonly Size[] | null
): boolean {
  const allowed = (placement?.sizes ?? []).filter(
    (size) => asked === null || asked.some((other) => sameSize(size, other))
  )
  return creativeSizes.some((size) => allowed.some((other) => sameSize(size, other)))
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}

function valuesOf({ keyValues }: MatchInput, key: string): readonly string[] {
  return Object.hasOwn(keyValues, key) ? keyValues[key] : []
}
