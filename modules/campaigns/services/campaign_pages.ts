import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { isUuid, type Id } from '#modules/kernel/ids'
import { ProblemException } from '#modules/kernel/problem'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import type {
  CampaignDetail,
  CampaignQuery,
  CampaignStatus,
  CampaignSummary,
} from '#modules/campaigns/contract'
import Advertiser from '#modules/campaigns/models/advertiser'
import Campaign from '#modules/campaigns/models/campaign'
import { budgetsJson } from '#modules/campaigns/services/budgets'
import CampaignBook from '#modules/campaigns/services/campaign_book'
import { advertisersOf } from '#modules/campaigns/services/demand'
import { lineItemDetails } from '#modules/campaigns/services/line_item_details'
import { phaseOf } from '#modules/campaigns/services/phase'
import { campaignLists } from '#modules/campaigns/validators/lists'

/** Campaigns as the admin shows them. */
@inject()
export default class CampaignPages {
  constructor(
    private tenancy: Tenancy,
    private clock: Clock,
    private book: CampaignBook
  ) {}

  /**
   * One page; archived campaigns only when `status` asks for them. `sort` is a field of the API's list.
   * @throws ProblemException, E_VALIDATION_ERROR when the query is not acceptable; both name the field
   */
  async list(principal: Principal, asked: CampaignQuery) {
    const { search, limit, ...rest } = asked
    const given = { ...rest, q: search, limit: limit?.toString() }
    const stated = Object.entries(given).filter(([, value]) => value !== undefined && value !== '')
    const input = await campaignLists.query.validate(Object.fromEntries(stated))
    return this.tenancy.transaction(principal.organisationId, async (trx) => {
      const query = visible(trx, principal)
      if (input.status === undefined) void query.whereNot('status', 'archived')
      const page = await campaignLists.page(query, input, (row) => row)
      return { rows: await this.summaries(trx, page.data), nextCursor: page.nextCursor, total: page.total }
    })
  }

  async detail(principal: Principal, id: string): Promise<CampaignDetail | null> {
    if (!isUuid(id)) return null
    return this.tenancy.transaction(principal.organisationId, async (trx) => {
      const campaign = await visible(trx, principal).where('id', id).first()
      if (!campaign) return null
      const [summary] = await this.summaries(trx, [campaign])
      const lineItems = await lineItemDetails(trx, campaign)
      return { ...summary!, statusReason: campaign.statusReason, lineItems }
    })
  }

  async setStatus(principal: Principal, id: string, status: CampaignStatus, reason: string | null) {
    if (!principal.permissions.has('demand.write')) return { refused: 'Your role does not include this.' }
    try {
      await this.book.update(principal, id, { status, statusReason: reason })
      return 'done' as const
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error
      return error.status === 404 ? ('not_found' as const) : { refused: error.message }
    }
  }

  private async summaries(trx: Transaction, rows: readonly Campaign[]): Promise<CampaignSummary[]> {
    const advertiserIds = [...new Set(rows.map((row) => row.advertiserId))]
    const advertisers = await Advertiser.query({ client: trx })
      .whereIn('id', advertiserIds)
      .select('id', 'name')
    const nameOf = new Map(advertisers.map((advertiser) => [advertiser.id, advertiser.name]))
    const counts = await lineItemCounts(trx, rows)
    const now = this.clock.now()
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      advertiserId: row.advertiserId,
      advertiserName: nameOf.get(row.advertiserId) ?? '',
      status: row.status,
      phase: phaseOf(row, now),
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      timeZone: row.timeZone,
      ...budgetsJson(row),
      lineItemCount: counts.get(row.id) ?? 0,
    }))
  }
}

function visible(trx: Transaction, principal: Principal) {
  const own = advertisersOf(principal)
  const query = Campaign.query({ client: trx })
  return own === null ? query : query.whereIn('advertiser_id', own)
}

/** Line items that are not archived, by campaign. */
async function lineItemCounts(trx: Transaction, rows: readonly Campaign[]): Promise<Map<string, number>> {
  const counts = (await trx
    .from('campaigns_line_items')
    .whereIn(
      'campaign_id',
      rows.map((row) => row.id)
    )
    .whereNot('status', 'archived')
    .groupBy('campaign_id')
    .select('campaign_id')
    .count('* as number')) as { campaign_id: Id<'campaign'>; number: string }[]
  return new Map(counts.map((row) => [row.campaign_id, Number(row.number)]))
}
