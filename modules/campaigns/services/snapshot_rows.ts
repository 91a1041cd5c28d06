/** From rows to parts of the snapshot. */
import type { Id } from '#modules/kernel/ids'
import type { CpmMicros } from '#modules/kernel/money'
import type { EpochMs } from '#modules/kernel/time'
import type {
  CreativeContent,
  FrequencyCap,
  Goal,
  Pacing,
  LineItemBudget,
  PriceModel,
  Roadblock,
  SnapshotBudget,
  SnapshotCaps,
  SnapshotCreative,
  SnapshotLineItem,
  SnapshotPixel,
  SpendLimits,
  Targeting,
  Tier,
} from '#modules/campaigns/contract'

/** Rows as the driver gives them: numeric and bigint as text, timestamps as dates. */
export type Rows = {
  lineItem: {
    id: Id<'line_item'>
    campaign_id: Id<'campaign'>
    advertiser_id: Id<'advertiser'>
    tier: Tier
    price_model: PriceModel | null
    price_nanos: string | null
    goal_type: Goal['type'] | null
    goal_quantity: string | null
    share_of_voice: number | null
    pacing: Pacing
    budget_total_nanos: string | null
    budget_daily_nanos: string | null
    targeting: Targeting
    frequency_caps: FrequencyCap[]
    exclusion_keys: string[]
    /** Those of the campaign included. */
    ad_categories: string[]
    roadblock: Roadblock
    one_ad_per_page: boolean
    time_zone: string
    starts_at: Date
    ends_at: Date | null
  }
  assignment: { line_item_id: Id<'line_item'>; creative_id: Id<'creative'>; weight: number }
  creative: {
    id: Id<'creative'>
    advertiser_id: Id<'advertiser'>
    name: string
    type: SnapshotCreative['type']
    status: string
    width: number
    height: number
    landing_url: string
    alt_text: string | null
    markup: string | null
    asset_hash: string | null
    asset_file: string | null
    starts_at: Date | null
    ends_at: Date | null
    click_domains: string[] | null
    content: CreativeContent | null
    append_click_token: boolean
  }
  pixel: { id: Id<'pixel'>; advertiser_id: Id<'advertiser'>; status: string; window_hours: number }
  caps: {
    owner: SnapshotCaps['owner']
    id: string
    time_zone: string | null
    frequency_caps: FrequencyCap[]
  }
  budget: Limits & { id: Id<'campaign'>; time_zone: string }
  lineItemBudget: Limits & { id: Id<'line_item'>; time_zone: string }
}
type Limits = { budget_total_nanos: string | null; budget_daily_nanos: string | null }

/**
 * Clicks per thousand impressions that a CPC line is taken to get until a model has learned its own rate: 0.1 %.
 * A round prior of our own, on the low side on purpose. Display banners are mostly reported between 0.05 % and
 * 0.5 % (the random policy of the Open Bandit data has 0.46 % inside a shop's own pages); too low costs a CPC line
 * some volume for a while, too high gives it impressions that others would have paid for.
 */
export const PRIOR_CLICKS_PER_THOUSAND = 1

/**
 * Conversions per million impressions that a CPA line is taken to get until a model has learned its own rate: two
 * clicks of a hundred convert, of the click rate above. A round prior of our own, on the low side for the same reason.
 */
export const PRIOR_CONVERSIONS_PER_MILLION = 20

/**
 * Of a hundred impressions, those that a vCPM line is taken to have seen until a placement's own rate is learned. A
 * round prior of our own: display is mostly reported between 50 and 70 %, so the low end, for the same reason.
 */
export const PRIOR_VIEWABLE_PERCENT = 50n
const HOUR_MS = 3_600_000

/** CPM in whole micros, CPC and CPA in nanos of one, house 0. Both fit a double exactly: the API refuses more. */
function priceOf({ price_model: model, price_nanos: nanos }: Rows['lineItem']): number {
  if (model === null || nanos === null) return 0
  return model === 'cpm' || model === 'vcpm' ? Number(BigInt(nanos) / 1000n) : Number(nanos)
}

/** eCPM in micros: CPM as it is; CPC × clicks of a thousand impressions, nanos to micros, rounded down. */
function ecpmOf({ price_model: model, price_nanos: nanos }: Rows['lineItem']): CpmMicros {
  if (model === null || nanos === null) return 0 as CpmMicros
  if (model === 'cpa') {
    return Number((BigInt(nanos) * BigInt(PRIOR_CONVERSIONS_PER_MILLION)) / 1_000_000n) as CpmMicros
  }
  if (model === 'vcpm') return Number((BigInt(nanos) * PRIOR_VIEWABLE_PERCENT) / 100_000n) as CpmMicros
  const perThousand = model === 'cpm' ? BigInt(nanos) : BigInt(nanos) * BigInt(PRIOR_CLICKS_PER_THOUSAND)
  return Number(perThousand / 1000n) as CpmMicros
}

export function lineItemOf(
  row: Rows['lineItem'],
  creatives: SnapshotLineItem['creatives']
): SnapshotLineItem {
  const { goal_type: goalType, goal_quantity: goalQuantity } = row
  return {
    id: row.id,
    campaignId: row.campaign_id,
    advertiserId: row.advertiser_id,
    tier: row.tier,
    priceModel: row.price_model ?? 'cpm',
    price: priceOf(row),
    ecpmMicros: ecpmOf(row),
    startsAt: row.starts_at.getTime() as EpochMs,
    endsAt: (row.ends_at?.getTime() ?? null) as EpochMs | null,
    timeZone: row.time_zone,
    goal: goalType && goalQuantity ? { type: goalType, quantity: Number(goalQuantity) } : null,
    shareOfVoice: row.share_of_voice,
    ...(row.pacing === 'even' ? {} : { pacing: row.pacing }),
    targeting: row.targeting,
    creatives,
    ...rulesOf(row),
    ...((row.budget_total_nanos ?? row.budget_daily_nanos) ? { budget: limitsOf(row) } : {}),
  }
}

/** Only what says something: most line items have none of them. */
function rulesOf(row: Rows['lineItem']): Partial<SnapshotLineItem> {
  const { ad_categories: adCategories, roadblock } = row
  const own = row.one_ad_per_page ? [`advertiser:${row.advertiser_id}`] : []
  const exclusionKeys = [...row.exclusion_keys, ...own]
  return {
    ...(exclusionKeys.length > 0 ? { exclusionKeys } : {}),
    ...(roadblock === 'none' ? {} : { roadblock }),
    ...(adCategories.length > 0 ? { adCategories: [...new Set(adCategories)] } : {}),
  }
}

/** The caps of an owner; null when it has none. Advertisers and creatives go by the organisation's zone. */
export function capsOf(row: Rows['caps'], timeZone: string): SnapshotCaps | null {
  if (row.frequency_caps.length === 0) return null
  return { owner: row.owner, id: row.id, timeZone: row.time_zone ?? timeZone, rules: row.frequency_caps }
}

/** An archived creative is there for the clicks of its last ads; its markup is not shown again. */
export function creativeOf(row: Rows['creative']): SnapshotCreative {
  return {
    id: row.id,
    advertiserId: row.advertiser_id,
    name: row.name,
    type: row.type,
    width: row.width,
    height: row.height,
    landingUrl: row.landing_url,
    ...(row.append_click_token ? { appendClickToken: true } : {}),
    assetPath: row.asset_hash && row.asset_file ? `/c/${row.asset_hash}/${row.asset_file}` : null,
    altText: row.alt_text,
    markup: row.status === 'archived' ? null : row.markup,
    ...(row.content === null ? {} : { content: row.content }),
    ...(row.starts_at === null ? {} : { startsAt: row.starts_at.getTime() as EpochMs }),
    ...(row.ends_at === null ? {} : { endsAt: row.ends_at.getTime() as EpochMs }),
    ...(row.click_domains === null ? {} : { clickDomains: row.click_domains }),
  }
}

export function pixelOf(row: Rows['pixel']): SnapshotPixel {
  return {
    id: row.id,
    advertiserId: row.advertiser_id,
    active: row.status === 'active',
    windowMs: row.window_hours * HOUR_MS,
  }
}

export function budgetOf(row: Rows['budget']): SnapshotBudget {
  return { campaignId: row.id, timeZone: row.time_zone, ...limitsOf(row) }
}

export function lineItemBudgetOf(row: Rows['lineItemBudget']): LineItemBudget {
  return { lineItemId: row.id, timeZone: row.time_zone, ...limitsOf(row) }
}

function limitsOf(row: Limits): SpendLimits {
  return { totalNanos: row.budget_total_nanos, dailyNanos: row.budget_daily_nanos }
}
