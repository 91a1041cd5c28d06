import { instantJson } from '#modules/kernel/http/instants'
import { moneyJson } from '#modules/kernel/money'
import { statusJson } from '#modules/kernel/records/managed_record'
import type { Goal, PriceJson } from '#modules/campaigns/contract'
import type LineItem from '#modules/campaigns/models/line_item'
import type { Assigned } from '#modules/campaigns/services/assignments'
import { budgetsJson } from '#modules/campaigns/services/budgets'

type Priced = Pick<LineItem, 'priceModel' | 'priceNanos' | 'currency'>

/** As the public contract writes prices; null when there is none. */
export function priceOf({ priceModel, priceNanos, currency }: Priced): PriceJson | null {
  if (priceModel === null || priceNanos === null || currency === null) return null
  return { model: priceModel, ...moneyJson(priceNanos, currency) }
}

export function goalOf({ goalType, goalQuantity }: Pick<LineItem, 'goalType' | 'goalQuantity'>): Goal | null {
  return goalType === null || goalQuantity === null ? null : { type: goalType, quantity: goalQuantity }
}

/** A line item as the API answers it. Its own dates; null is the campaign's. */
export function lineItemJson(row: LineItem, creatives: readonly Assigned[]) {
  return {
    id: row.id,
    campaignId: row.campaignId,
    advertiserId: row.advertiserId,
    name: row.name,
    tier: row.tier,
    price: priceOf(row),
    ...budgetsJson(row),
    goal: goalOf(row),
    shareOfVoice: row.shareOfVoice,
    pacing: row.pacing,
    startsAt: instantJson(row.startsAt),
    endsAt: instantJson(row.endsAt),
    targeting: row.targeting,
    frequencyCaps: row.frequencyCaps,
    exclusionKeys: row.exclusionKeys,
    adCategories: row.adCategories,
    roadblock: row.roadblock,
    creatives,
    ...statusJson(row),
  }
}
