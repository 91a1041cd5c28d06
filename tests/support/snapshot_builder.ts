/** Small snapshots made by hand: everything has a sensible value, a test states only what it is about. */
import type { CpmMicros, Currency } from '#modules/kernel/money'
import { newId, type Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import type { ServingSnapshot, SnapshotCreative, SnapshotLineItem } from '#modules/campaigns/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'
import type { MatchInput } from '#modules/matching/contract'
import { DEFAULT_NOW_MS } from '#tests/support/match_inputs'

const DAY_MS = 86_400_000
const MIDDLE = 2 ** 31

export const MEDIUM = { width: 300, height: 250 }
export const LEADERBOARD = { width: 728, height: 90 }

/** One placement of 300×250 and 728×90 without a floor. */
export function placement(change: Partial<SnapshotPlacement> = {}): SnapshotPlacement {
  return {
    id: newId<'placement'>(),
    name: 'Placement',
    siteId: newId<'site'>(),
    publisherId: newId<'publisher'>(),
    active: true,
    mediaType: 'banner',
    sizes: [MEDIUM, LEADERBOARD],
    floorMicros: 0 as CpmMicros,
    fallback: { type: 'none' },
    ...change,
  }
}

/** An image of 300×250. */
export function creative(change: Partial<SnapshotCreative> = {}): SnapshotCreative {
  return {
    id: newId<'creative'>(),
    advertiserId: newId<'advertiser'>(),
    name: 'Creative',
    type: 'image',
    ...MEDIUM,
    landingUrl: 'https://shop.example/',
    assetPath: '/c/0000/banner.png',
    altText: 'Banner',
    markup: null,
    ...change,
  }
}

/** Price priority, 1.00 CPM, running from the day before DEFAULT_NOW_MS without an end, no targeting. */
export function lineItem(
  creatives: readonly SnapshotCreative[],
  change: Partial<SnapshotLineItem> = {}
): SnapshotLineItem {
  return {
    id: newId<'line_item'>(),
    campaignId: newId<'campaign'>(),
    advertiserId: newId<'advertiser'>(),
    tier: 'price_priority',
    priceModel: 'cpm',
    price: 1_000_000,
    ecpmMicros: 1_000_000 as CpmMicros,
    startsAt: (DEFAULT_NOW_MS - DAY_MS) as EpochMs,
    endsAt: null,
    timeZone: 'UTC',
    goal: null,
    shareOfVoice: null,
    targeting: {},
    creatives: creatives.map(({ id }) => ({ creativeId: id, weight: 1 })),
    ...change,
  }
}

export function snapshotOf(
  placements: readonly SnapshotPlacement[],
  creatives: readonly SnapshotCreative[],
  lineItems: readonly SnapshotLineItem[]
): ServingSnapshot {
  return {
    format: 1,
    organisationId: newId<'organisation'>(),
    version: 1,
    compiledAt: DEFAULT_NOW_MS as EpochMs,
    currency: 'EUR' as Currency,
    timeZone: 'UTC',
    placements,
    lineItems,
    creatives,
    budgets: [],
  }
}

/** A request of which nothing is known but the placement; both draws in the middle. */
export function inputFor(placementId: Id<'placement'>, change: Partial<MatchInput> = {}): MatchInput {
  return {
    placementId,
    sizes: null,
    country: null,
    deviceType: null,
    os: null,
    browser: null,
    language: null,
    keywords: [],
    keyValues: {},
    nowMs: DEFAULT_NOW_MS,
    draw: [MIDDLE, MIDDLE],
    used: new Set(),
    ...change,
  }
}
