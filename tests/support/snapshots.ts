/**
 * Random snapshots, shaped like real ones: few values are frequent and many are rare, prices are round, flights
 * overlap. The same random source gives the same world. Delivery states and requests for them: match_inputs.ts.
 */
import type { CpmMicros, Currency } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { Random } from '#modules/kernel/random'
import type { EpochMs } from '#modules/kernel/time'
import type { DeviceType } from '#modules/context/contract'
import type {
  Alternative,
  Daypart,
  KeyValueRule,
  Rule,
  SegmentRule,
  ServingSnapshot,
  SnapshotCreative,
  SnapshotLineItem,
  Targeting,
  TargetingGroup,
  Tier,
} from '#modules/campaigns/contract'
import type { Blocks, SnapshotPlacement } from '#modules/inventory/contract'
import { Dice } from '#tests/support/dice'
import { DEFAULT_NOW_MS } from '#tests/support/match_inputs'
import { randomFurther, randomRule } from '#tests/support/random_further'
import * as words from '#tests/support/targeting_words'

export { DEFAULT_NOW_MS, randomInput, randomState } from '#tests/support/match_inputs'

const DAY_MS = 86_400_000
export type SnapshotOptions = {
  readonly lineItems?: number
  readonly placements?: number
  readonly sites?: number
  readonly advertisers?: number
  readonly nowMs?: number
  /** Chance of a rule in each dimension, 0…1; 0 = every line item takes every request. */
  readonly targeted?: number
  /** Share of the line items that may use groups and the dimensions of `random_further.ts`; 0.5 unless said. */
  readonly further?: number
  /** Shares of the tiers in per mille, in the order of TIERS. */
  readonly tierMix?: readonly [number, number, number, number]
}

/** A snapshot that `CompiledEngine` accepts; ids are version 7 in form and unique. */
export function randomSnapshot(random: Random, options: SnapshotOptions = {}): ServingSnapshot {
  const dice = new Dice(random)
  const nowMs = options.nowMs ?? DEFAULT_NOW_MS
  const count = options.lineItems ?? 500
  const sites = dice.times(options.sites ?? 12, () => dice.id<'site'>())
  const publisherId = dice.id<'publisher'>()
  const placements = dice.times(options.placements ?? 40, (at) =>
    randomPlacement(dice, at, dice.skewed(sites), publisherId)
  )
  const advertisers = dice.times(options.advertisers ?? Math.ceil(count / 20), () => dice.id<'advertiser'>())
  const blocking = placements.map((one) =>
    dice.chance(0.25) ? { ...one, blocks: randomBlocks(dice, advertisers) } : one
  )
  const creatives = dice.times(Math.ceil(count / 2) + 20, (at) =>
    randomCreative(dice, at, dice.skewed(advertisers), nowMs)
  )
  const campaigns = dice.times(Math.ceil(count / 4), () => ({
    id: dice.id<'campaign'>(),
    zone: dice.skewed(words.ZONES),
  }))
  const lineItems = dice.times(count, () => {
    const campaign = dice.pick(campaigns)
    const lineItem = randomLineItem(dice, options, nowMs, campaign, dice.pick(advertisers), creatives)
    return { ...lineItem, targeting: randomTargeting(dice, options, sites, placements) }
  })
  return {
    format: 1,
    organisationId: dice.id<'organisation'>(),
    version: 1,
    compiledAt: nowMs as EpochMs,
    currency: 'EUR' as Currency,
    timeZone: 'Europe/Berlin',
    placements: blocking,
    lineItems,
    creatives: creatives.filter(() => dice.chance(0.99)),
    budgets: campaigns.map(({ id, zone }) => ({
      campaignId: id,
      timeZone: zone,
      totalNanos: null,
      dailyNanos: null,
    })),
  }
}

function randomPlacement(
  dice: Dice,
  at: number,
  siteId: Id<'site'>,
  publisherId: Id<'publisher'>
): SnapshotPlacement {
  const sizes = new Set(dice.times(1 + dice.below(4), () => dice.skewed(words.SIZES)))
  return {
    id: dice.id<'placement'>(),
    name: `Placement ${at + 1}`,
    siteId,
    publisherId,
    active: dice.chance(0.97),
    mediaType: 'banner',
    sizes: [...sizes],
    floorMicros: (dice.chance(0.5) ? 0 : dice.below(12) * 100_000) as CpmMicros,
    ...(dice.chance(0.3)
      ? { categories: dice.times(1 + dice.below(3), () => dice.pick(words.CATEGORIES)) }
      : {}),
    fallback: { type: 'none' },
  }
}

function randomCreative(
  dice: Dice,
  at: number,
  advertiserId: Id<'advertiser'>,
  nowMs: number
): SnapshotCreative {
  const { width, height } = dice.skewed(words.SIZES)
  const image = dice.chance(0.8)
  return {
    id: dice.id<'creative'>(),
    advertiserId,
    name: `Creative ${at + 1}`,
    type: image ? 'image' : 'third_party',
    width,
    height,
    landingUrl: `https://${at % 2 === 0 ? 'www.' : ''}shop${at % 40}.example/landing/${at + 1}`,
    assetPath: image ? `/c/${at.toString(16).padStart(64, '0')}/banner.png` : null,
    altText: image ? 'Banner' : null,
    markup: image ? null : '<a href="${CLICK_URL}">ad</a>',
    ...randomTerm(dice, nowMs),
  }
}

/** Most creatives have no time of their own; of the others some are over, some run and some have not begun. */
function randomTerm(dice: Dice, nowMs: number): Pick<SnapshotCreative, 'startsAt' | 'endsAt'> {
  if (!dice.chance(0.05)) return {}
  const startsAt = nowMs + (dice.below(20) - 14) * (DAY_MS / 4)
  if (dice.chance(0.3)) return { startsAt: startsAt as EpochMs }
  return {
    startsAt: startsAt as EpochMs,
    endsAt: (startsAt + (1 + dice.below(30)) * (DAY_MS / 4)) as EpochMs,
  }
}

function randomTier(dice: Dice, mix: readonly [number, number, number, number]): Tier {
  const point = dice.below(1000)
  if (point < mix[0]) return 'sponsorship'
  if (point < mix[0] + mix[1]) return 'standard'
  return point < mix[0] + mix[1] + mix[2] ? 'price_priority' : 'house'
}

function randomLineItem(
  dice: Dice,
  options: SnapshotOptions,
  nowMs: number,
  campaign: { id: Id<'campaign'>; zone: string },
  advertiserId: Id<'advertiser'>,
  creatives: readonly SnapshotCreative[]
): Omit<SnapshotLineItem, 'targeting'> {
  const tier = randomTier(dice, options.tierMix ?? [15, 185, 720, 80])
  const startsAt = nowMs - dice.below(30) * DAY_MS + (dice.chance(0.05) ? 20 * DAY_MS : 0)
  const endsAt = dice.chance(0.2) ? null : startsAt + (1 + dice.below(90)) * DAY_MS
  const ecpm =
    tier === 'house' ? 0 : dice.chance(0.7) ? (1 + dice.below(60)) * 100_000 : 100_000 + dice.below(6_000_000)
  const guaranteed = tier === 'standard' || (tier === 'price_priority' && dice.chance(0.2))
  const goal = {
    type: dice.pick(['impressions', 'impressions', 'impressions', 'clicks', 'viewable'] as const),
    quantity: (1 + dice.below(50)) * 10_000,
  } as const
  return {
    id: dice.id<'line_item'>(),
    campaignId: campaign.id,
    advertiserId,
    tier,
    priceModel: 'cpm',
    price: ecpm,
    ecpmMicros: ecpm as CpmMicros,
    startsAt: startsAt as EpochMs,
    endsAt: endsAt as EpochMs | null,
    timeZone: campaign.zone,
    goal: guaranteed && dice.chance(0.95) ? goal : null,
    shareOfVoice: tier === 'sponsorship' ? (dice.chance(0.1) ? 100 : 1 + dice.below(25)) : null,
    creatives: dice.times(dice.chance(0.02) ? 0 : 1 + dice.below(5), () => {
      return { creativeId: dice.pick(creatives).id, weight: dice.chance(0.03) ? 0 : 1 + dice.below(100) }
    }),
    ...randomDeliveryRules(dice),
  }
}

function randomDeliveryRules(dice: Dice): Pick<SnapshotLineItem, 'exclusionKeys' | 'adCategories'> {
  const some = (list: readonly string[]) => dice.times(1 + dice.below(2), () => dice.skewed(list))
  return {
    ...(dice.chance(0.3) ? { exclusionKeys: some(words.EXCLUSION_KEYS) } : {}),
    ...(dice.chance(0.3) ? { adCategories: some(words.AD_CATEGORIES) } : {}),
  }
}

/** Some placements block: few advertisers, a category or a domain of the creatives. */
function randomBlocks(dice: Dice, advertisers: readonly string[]): Blocks {
  return {
    advertisers: dice.times(advertisers.length > 0 ? dice.below(3) : 0, () => dice.pick(advertisers)),
    categories: dice.times(dice.below(2), () => dice.skewed(words.AD_CATEGORIES)),
    domains: dice.times(dice.below(3), () => `shop${dice.below(30)}.example`),
  }
}

function randomTargeting(
  dice: Dice,
  { targeted = 0.25, further = 0.5 }: SnapshotOptions,
  sites: readonly Id<'site'>[],
  placements: readonly SnapshotPlacement[]
): Targeting {
  const rule = <Value extends string>(values: readonly Value[], most: number): Rule<Value> | undefined => {
    return dice.chance(targeted) ? randomRule(dice, values, most) : undefined
  }
  return {
    countries: rule(words.COUNTRIES, 6),
    deviceTypes: rule<DeviceType>(words.DEVICES, 3),
    operatingSystems: rule(words.SYSTEMS, 3),
    browsers: rule(words.BROWSERS, 3),
    languages: rule(words.LANGUAGES, 3),
    sites: rule(sites, 4),
    placements: dice.chance(targeted / 2)
      ? randomRule(
          dice,
          placements.map(({ id }) => id),
          6
        )
      : undefined,
    keywords: dice.chance(targeted / 2) ? randomRule(dice, words.RULE_KEYWORDS, 5) : undefined,
    keyValues: dice.chance(targeted / 2)
      ? dice.times(1 + dice.below(2), () => randomKeyValueRule(dice))
      : undefined,
    segments: dice.chance(targeted / 2) ? randomSegmentRule(dice) : undefined,
    dayparts: dice.chance(targeted / 2)
      ? dice.times(1 + dice.below(3), () => randomDaypart(dice))
      : undefined,
    ...(dice.chance(further) ? randomFurther(dice, targeted / 4) : {}),
    ...(dice.chance((targeted * further) / 4) ? { groups: randomGroups(dice, sites, placements) } : {}),
  }
}

function randomKeyValueRule(dice: Dice): KeyValueRule {
  const rule = { key: dice.skewed(words.KEYS), ...randomRule(dice, words.VALUES, 3) }
  return dice.chance(0.7) ? rule : { ...rule, ...randomRanges(dice) }
}

/** Alternatives of few dimensions, so that some of them hold. */
function randomGroups(
  dice: Dice,
  sites: readonly Id<'site'>[],
  placements: readonly SnapshotPlacement[]
): TargetingGroup[] {
  const alternative = (): Alternative => {
    const { groups, ...rest } = randomTargeting(dice, { targeted: 0.08 }, sites, placements)
    return groups ? {} : rest
  }
  return dice.times(1 + dice.below(2), () => ({ anyOf: dice.times(dice.below(4), alternative) }))
}

function randomRanges(dice: Dice): Pick<KeyValueRule, 'includeRanges' | 'excludeRanges'> {
  const range = () => {
    const from = dice.below(30)
    const kind = dice.below(3)
    return kind === 0 ? { from } : kind === 1 ? { to: from } : { from, to: from + dice.below(20) }
  }
  return dice.chance(0.7) ? { includeRanges: [range(), range()] } : { excludeRanges: [range()] }
}

/** As other rules; every third also, or only, with groups, of which now and then one is empty. */
function randomSegmentRule(dice: Dice): SegmentRule {
  const rule = dice.chance(0.8) ? randomRule(dice, words.SEGMENTS, 4) : {}
  if (dice.chance(0.66)) return rule
  const group = () => dice.times(dice.below(4), () => dice.skewed(words.SEGMENTS))
  return { ...rule, allOf: dice.times(dice.below(3), group) }
}

function randomDaypart(dice: Dice): Daypart {
  const fromHour = dice.chance(0.7) ? dice.below(24) : dice.below(96) / 4
  const days = [1, 2, 3, 4, 5, 6, 7].filter(() => dice.chance(0.6))
  return {
    days: days.length > 0 ? days : [7],
    fromHour,
    toHour: Math.min(24, fromHour + (1 + dice.below((24 - fromHour) * 4)) / 4),
  }
}
