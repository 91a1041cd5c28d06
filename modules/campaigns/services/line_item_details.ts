import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import { TIERS, type LineItemDetail } from '#modules/campaigns/contract'
import type Campaign from '#modules/campaigns/models/campaign'
import Creative from '#modules/campaigns/models/creative'
import LineItem from '#modules/campaigns/models/line_item'
import { assignedTo, type Assigned } from '#modules/campaigns/services/assignments'
import { budgetsJson } from '#modules/campaigns/services/budgets'
import { assetPath } from '#modules/campaigns/services/creatives'
import { goalOf, priceOf } from '#modules/campaigns/services/line_item_json'
import { runningTime } from '#modules/campaigns/services/line_item_rules'

/** Line items of a campaign that are not archived, by tier and age, with their running time and creatives. */
export async function lineItemDetails(trx: Transaction, campaign: Campaign): Promise<LineItemDetail[]> {
  const lines = await LineItem.query({ client: trx })
    .where('campaign_id', campaign.id)
    .whereNot('status', 'archived')
    .orderBy('id')
  const assigned = await assignedTo(
    trx,
    lines.map((line) => line.id)
  )
  const ids = new Set([...assigned.values()].flat().map(({ creativeId }) => creativeId))
  const creatives = await Creative.query({ client: trx }).whereIn('id', [...ids])
  const byId = new Map(creatives.map((creative) => [creative.id, creative]))
  return lines
    .sort((left, right) => TIERS.indexOf(left.tier) - TIERS.indexOf(right.tier))
    .map((line) => detailOf(line, campaign, assigned.get(line.id) ?? [], byId))
}

function detailOf(
  line: LineItem,
  campaign: Campaign,
  assigned: readonly Assigned[],
  creatives: ReadonlyMap<Id<'creative'>, Creative>
): LineItemDetail {
  return {
    id: line.id,
    name: line.name,
    tier: line.tier,
    status: line.status,
    price: priceOf(line),
    ...budgetsJson(line),
    goal: goalOf(line),
    shareOfVoice: line.shareOfVoice,
    ...runningTime(line, campaign),
    targeting: line.targeting,
    creatives: assigned.flatMap(({ creativeId, weight }) => {
      const creative = creatives.get(creativeId)
      if (!creative) return []
      const { id, name, width, height, type } = creative
      return [{ id, name, width, height, weight, type, assetPath: assetPath(creative) }]
    }),
  }
}
