import { inject } from '@adonisjs/core'
import type { Organisation, Principal } from '#modules/identity/contract'
import { invalid } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import { DRAFTED_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { fixed } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Campaign from '#modules/campaigns/models/campaign'
import LineItem from '#modules/campaigns/models/line_item'
import { budgetsAfter, budgetsJson } from '#modules/campaigns/services/budgets'
import { advertiserFor, advertisersOf, Demand } from '#modules/campaigns/services/demand'
import { phaseOf } from '#modules/campaigns/services/phase'
import type { CampaignInput } from '#modules/campaigns/validators/inputs'
import { campaignLists } from '#modules/campaigns/validators/lists'
import { endOf, startOf } from '#modules/campaigns/validators/when'

type Running = Work<Principal, Organisation>

/** Campaigns as the API makes and changes them. */
@inject()
export default class CampaignBook extends Demand<Campaign, CampaignInput, Organisation> {
  protected readonly kind = 'campaign'
  protected readonly life = DRAFTED_LIFE
  protected readonly lists = campaignLists

  protected query(trx: Transaction) {
    return Campaign.query({ client: trx })
  }
  protected blank() {
    return new Campaign()
  }
  protected scope(query: Query<Campaign>, caller: Principal) {
    const own = advertisersOf(caller)
    return own === null ? query : query.whereIn('advertiser_id', own)
  }
  protected override gather(caller: Principal) {
    return this.organisation(caller)
  }

  protected async represent(_trx: Transaction, rows: readonly Campaign[]) {
    const now = this.clock.now()
    return rows.map((row) => ({
      id: row.id,
      advertiserId: row.advertiserId,
      name: row.name,
      timeZone: row.timeZone,
      startsAt: instantJson(row.startsAt),
      endsAt: instantJson(row.endsAt),
      ...budgetsJson(row),
      frequencyCaps: row.frequencyCaps,
      adCategories: row.adCategories,
      phase: phaseOf(row, now),
      ...statusJson(row),
    }))
  }

  protected async apply(work: Running, row: Campaign, input: Partial<CampaignInput>) {
    if (row.$isPersisted) {
      if (input.advertiserId !== undefined && input.advertiserId !== row.advertiserId) {
        throw fixed('advertiserId')
      }
    } else await this.begin(work, row, input)
    row.merge({ name: input.name ?? row.name, timeZone: input.timeZone ?? row.timeZone })
    if (input.startsAt) row.merge({ startsAt: startOf(input.startsAt, row.timeZone) })
    if (input.endsAt !== undefined) row.merge({ endsAt: input.endsAt && endOf(input.endsAt, row.timeZone) })
    if (row.endsAt !== null && row.endsAt <= row.startsAt) {
      throw invalid('endsAt', 'after_start', 'The endsAt field must be after startsAt')
    }
    if (row.$isPersisted && row.endsAt === null) await this.keepEnds(work, row)
    row.merge({ frequencyCaps: input.frequencyCaps ?? row.frequencyCaps ?? [] })
    row.merge({ adCategories: input.adCategories ?? row.adCategories ?? [] })
    row.merge(budgetsAfter(work.gathered, row, input))
  }

  /** A guaranteed number needs a last day; line items that have none of their own rely on the campaign's. */
  private async keepEnds({ trx }: Running, row: Campaign) {
    const line = await LineItem.query({ client: trx })
      .where({ campaign_id: row.id, tier: 'standard', status: 'active' })
      .whereNull('ends_at')
      .first()
    if (!line) return
    const detail = 'The endsAt field cannot be cleared: an active standard line item has no end of its own'
    throw invalid('endsAt', 'needed_by_line_item', detail)
  }

  private async begin({ trx, caller, now, gathered }: Running, row: Campaign, input: Partial<CampaignInput>) {
    const { id } = await advertiserFor(trx, caller, input.advertiserId!)
    const { currency, timeZone } = gathered
    row.merge({ advertiserId: id, currency, timeZone, startsAt: now, endsAt: null })
    row.merge({ budgetTotalNanos: null, budgetDailyNanos: null })
  }
}
