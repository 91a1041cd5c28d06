/** Random delivery states and requests for a snapshot; the same random source gives the same ones. */
import type { Random } from '#modules/kernel/random'
import type { DeliveryStateSection, ServingSnapshot } from '#modules/campaigns/contract'
import type { Size } from '#modules/inventory/contract'
import type { MatchInput } from '#modules/matching/contract'
import { Dice } from '#tests/support/dice'
import * as words from '#tests/support/targeting_words'

const DAY_MS = 86_400_000
/** 2026-11-21T12:00:00Z. */
export const DEFAULT_NOW_MS = 1_795_262_400_000

/** Progress of a snapshot's line items: most run, some have reached their goal exactly, some campaigns are out of money. */
export function randomState(random: Random, snapshot: ServingSnapshot): DeliveryStateSection {
  const dice = new Dice(random)
  const delivered = new Map<string, { impressions: number; clicks: number; viewable?: number }>()
  for (const { id, goal } of snapshot.lineItems) {
    if (dice.chance(0.3)) continue
    const quantity = goal?.quantity ?? 1000
    const done = dice.chance(0.08) ? quantity : dice.below(Math.ceil(quantity * 1.05))
    delivered.set(id, {
      impressions: done,
      clicks: goal?.type === 'clicks' ? done : Math.floor(done / 500),
      ...(goal?.type === 'viewable' ? { viewable: done } : {}),
    })
  }
  const campaigns = [...new Set(snapshot.lineItems.map(({ campaignId }) => campaignId))]
  return {
    version: 1 + dice.below(1000),
    delivered,
    spentCampaigns: new Set(campaigns.filter(() => dice.chance(0.05))),
    ...(dice.chance(0.7) ? { pacing: randomPacing(dice, snapshot) } : {}),
    ...(dice.chance(0.8) ? { spentLineItems: someLineItems(dice, snapshot) } : {}),
  }
}

/** Those that have spent a budget of their own. */
function someLineItems(dice: Dice, { lineItems }: ServingSnapshot): Set<string> {
  return new Set(lineItems.filter(() => dice.chance(0.04)).map(({ id }) => id))
}

/** Some line items are held back: never, always, or in part. */
function randomPacing(dice: Dice, { lineItems }: ServingSnapshot): Map<string, number> {
  const paced = lineItems.filter(() => dice.chance(0.3))
  return new Map(paced.map(({ id }) => [id, dice.pick([0, 1, dice.below(1000) / 1000])]))
}

/** A request for one of the snapshot's placements; now and then for an unknown one, and with values nobody names. */
export function randomInput(
  random: Random,
  snapshot: ServingSnapshot,
  nowMs: number = DEFAULT_NOW_MS
): MatchInput {
  const dice = new Dice(random)
  const placement =
    dice.chance(0.99) && snapshot.placements.length > 0 ? dice.skewed(snapshot.placements) : null
  return {
    placementId: placement?.id ?? dice.id<'placement'>(),
    sizes: placement && dice.chance(0.3) ? askedSizes(dice, placement.sizes) : null,
    country: dice.maybe(0.95, () => dice.skewed(words.COUNTRIES)),
    deviceType: dice.maybe(0.95, () => dice.skewed(words.DEVICES)),
    os: dice.maybe(0.95, () => dice.skewed(words.SYSTEMS)),
    browser: dice.maybe(0.95, () => dice.skewed(words.BROWSERS)),
    language: dice.maybe(0.9, () => dice.skewed(words.LANGUAGES)),
    keywords: dice.chance(0.5)
      ? dice.times(dice.below(6), () => dice.skewed(dice.chance(0.8) ? words.KEYWORDS : words.RUNNING_TEXT))
      : [],
    keyValues: dice.chance(0.5) ? randomKeyValues(dice) : {},
    ...(dice.chance(0.6) ? { segments: dice.times(dice.below(5), () => dice.skewed(words.SEGMENTS)) } : {}),
    ...(dice.chance(0.9) ? randomFurtherInput(dice) : {}),
    nowMs: randomInstant(dice, snapshot, nowMs),
    draw: [dice.uint32(), dice.uint32()],
    used: dice.chance(0.2) ? usedLineItems(dice, snapshot) : new Set(),
    ...randomBars(dice, snapshot),
  }
}

/** Often nothing; caps of all kinds of owner, keys of a page, and now and then a roadblock. */
function randomBars(dice: Dice, { lineItems, creatives }: ServingSnapshot): Partial<MatchInput> {
  if (dice.chance(0.5) || lineItems.length === 0) return {}
  const owner = () => {
    const lineItem = dice.pick(lineItems)
    if (dice.chance(0.4)) return creatives.length > 0 ? dice.pick(creatives).id : dice.id()
    return dice.pick<string>([lineItem.id, lineItem.campaignId, lineItem.advertiserId])
  }
  const all = dice.chance(0.1) ? creatives.map(({ id }) => id as string).filter(() => dice.chance(0.8)) : []
  return {
    ...(dice.chance(0.7) ? { capped: new Set([...all, ...dice.times(dice.below(40), owner)]) } : {}),
    ...(dice.chance(0.6)
      ? { pageKeys: new Set(dice.times(dice.below(4), () => dice.skewed(words.EXCLUSION_KEYS))) }
      : {}),
    ...(dice.chance(0.2)
      ? { without: new Set(dice.times(dice.below(5), () => dice.pick(lineItems).id)) }
      : {}),
    ...(dice.chance(0.1) ? { only: dice.chance(0.9) ? dice.pick(lineItems).id : dice.id() } : {}),
  }
}

/** Mostly within a week of `nowMs`; now and then exactly at a start or end, one millisecond off, or at a clock change. */
function randomInstant(dice: Dice, { lineItems }: ServingSnapshot, nowMs: number): number {
  if (dice.chance(0.1) && lineItems.length > 0) {
    const { startsAt, endsAt } = dice.pick(lineItems)
    return (dice.chance(0.5) ? startsAt : (endsAt ?? startsAt)) + dice.below(3) - 1
  }
  if (dice.chance(0.1)) return dice.pick(words.CLOCK_CHANGES) + dice.below(4 * 3_600_000) - 2 * 3_600_000
  if (dice.chance(0.5)) return nowMs + dice.below(60_000)
  return nowMs + dice.below(7 * DAY_MS)
}

/** What the further dimensions go by; each now and then unknown. */
function randomFurtherInput(dice: Dice): Partial<MatchInput> {
  const place = dice.maybe(0.9, () => dice.pick(words.PLACES))
  return {
    region: dice.maybe(0.9, () => dice.skewed(words.REGIONS)),
    city: dice.maybe(0.9, () => dice.skewed(words.CITIES)),
    timeZone: dice.maybe(0.9, () => dice.skewed(words.VIEWER_ZONES)),
    connectionType: dice.maybe(0.9, () => dice.skewed(words.CONNECTIONS)),
    osVersion: dice.maybe(0.9, () => dice.skewed(words.VERSIONS)),
    browserVersion: dice.maybe(0.9, () => dice.skewed(words.VERSIONS)),
    pageUrl: dice.maybe(0.9, () => `https://${dice.skewed(words.HOSTS)}${dice.pick(words.PATHS)}?q=golf`),
    categories: dice.times(dice.below(3), () => dice.skewed(words.CATEGORIES)),
    latitude: place && place[0] + dice.below(100) / 1000,
    longitude: place && place[1],
    address: dice.maybe(0.9, () => dice.pick(words.ADDRESSES)),
  }
}

function usedLineItems(dice: Dice, { lineItems }: ServingSnapshot): Set<string> {
  if (dice.chance(0.2)) {
    return new Set(lineItems.map(({ id }) => id as string).filter(() => dice.chance(0.97)))
  }
  return new Set(
    dice.times(1 + dice.below(4), () => (lineItems.length > 0 ? dice.pick(lineItems).id : dice.id()))
  )
}

function askedSizes(dice: Dice, sizes: readonly Size[]): Size[] {
  const asked = sizes.filter(() => dice.chance(0.6))
  return dice.chance(0.3) ? [...asked, dice.pick(words.SIZES)] : asked
}

function randomKeyValues(dice: Dice): Record<string, string[]> {
  const pairs = dice.times(dice.below(4), (): [string, string[]] => {
    return [
      dice.skewed(words.KEYS),
      dice.times(1 + dice.below(2), () => dice.skewed(dice.chance(0.7) ? words.VALUES : words.NUMBERS)),
    ]
  })
  return Object.fromEntries(pairs)
}
