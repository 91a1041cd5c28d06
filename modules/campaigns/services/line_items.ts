import { inject } from '@adonisjs/core'
import { AgentReader } from '#modules/context/contract'
import { Identity, type Organisation, type Principal } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { invalid } from '#modules/kernel/http/failures'
import { cpmMicros } from '#modules/kernel/money'
import { DRAFTED_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { archived, fixed, notFound, type FieldFault } from '#modules/kernel/records/refusals'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { SegmentDirectory } from '#modules/campaigns/contract'
import Campaign from '#modules/campaigns/models/campaign'
import LineItem from '#modules/campaigns/models/line_item'
import { canonicalAgents } from '#modules/campaigns/services/agent_words'
import { assign, assignedTo, hasActiveCreative } from '#modules/campaigns/services/assignments'
import { budgetsAfter } from '#modules/campaigns/services/budgets'
import { advertisersOf, Demand, ownCurrency } from '#modules/campaigns/services/demand'
import { lineItemJson } from '#modules/campaigns/services/line_item_json'
import { checkTerm, checkTier, lacking } from '#modules/campaigns/services/line_item_rules'
import { strangers, strangeSegment } from '#modules/campaigns/services/targeting_links'
import type { LineItemInput } from '#modules/campaigns/validators/inputs'
import { lineItemLists } from '#modules/campaigns/validators/lists'
import { endOf, startOf } from '#modules/campaigns/validators/when'

type Running = Work<Principal, Organisation>

@inject()
export default class LineItems extends Demand<LineItem, LineItemInput, Organisation> {
  protected readonly kind = 'line_item'
  protected readonly life = DRAFTED_LIFE
  protected readonly lists = lineItemLists

  constructor(
    tenancy: Tenancy,
    clock: Clock,
    identity: Identity,
    private inventory: Inventory,
    private segments: SegmentDirectory,
    private agents: AgentReader
  ) {
    super(tenancy, clock, identity)
  }

  protected query(trx: Transaction) {
    return LineItem.query({ client: trx })
  }
  protected blank() {
    return new LineItem()
  }
  protected scope(query: Query<LineItem>, caller: Principal) {
    const own = advertisersOf(caller)
    return own === null ? query : query.whereIn('advertiser_id', own)
  }

  /** Sites and placements lie with inventory, segments with audiences; whether they exist is asked before the transaction. */
  protected override async gather(caller: Principal, input: Partial<LineItemInput>) {
    if (input.targeting) {
      const stranger = await strangers(this.inventory, caller.organisationId, input.targeting)
      if (stranger) throw notFound(stranger.kind, stranger.field)
      const segment = await strangeSegment(this.segments, caller.organisationId, input.targeting)
      if (segment) throw notFound('segment', segment)
    }
    return this.organisation(caller)
  }

  protected async represent(trx: Transaction, rows: readonly LineItem[]) {
    const assigned = await assignedTo(
      trx,
      rows.map((row) => row.id)
    )
    return rows.map((row) => lineItemJson(row, assigned.get(row.id) ?? []))
  }

  protected async apply(work: Running, row: LineItem, input: Partial<LineItemInput>) {
    if (row.$isPersisted && input.campaignId !== undefined && input.campaignId !== row.campaignId) {
      throw fixed('campaignId')
    }
    const campaign = await this.campaign(work, row.campaignId ?? input.campaignId, !row.$isPersisted)
    if (!row.$isPersisted) this.begin(row, campaign)
    row.merge({ name: input.name ?? row.name, tier: input.tier ?? row.tier })
    if (input.targeting !== undefined) {
      row.merge({ targeting: canonicalAgents(this.agents.vocabulary, input.targeting ?? {}) })
    }
    this.setDeliveryRules(row, input)
    if (input.shareOfVoice !== undefined) row.merge({ shareOfVoice: input.shareOfVoice })
    if (input.pacing !== undefined) row.merge({ pacing: input.pacing })
    if (input.goal !== undefined) {
      row.merge({ goalType: input.goal?.type ?? null, goalQuantity: input.goal?.quantity ?? null })
    }
    if (input.price !== undefined) this.setPrice(work, row, input.price)
    this.setBudgets(work, row, input)
    const { startsAt, endsAt } = input
    if (startsAt !== undefined) row.merge({ startsAt: startsAt && startOf(startsAt, campaign.timeZone) })
    if (endsAt !== undefined) row.merge({ endsAt: endsAt && endOf(endsAt, campaign.timeZone) })
    checkTier(row)
    if (!row.$isPersisted || startsAt !== undefined || endsAt !== undefined) checkTerm(row, campaign)
  }

  protected override async link({ trx }: Running, row: LineItem, input: Partial<LineItemInput>) {
    return input.creatives === undefined ? false : assign(trx, row, input.creatives)
  }

  protected override async missing({ trx }: Running, row: LineItem): Promise<FieldFault[]> {
    const campaign = await Campaign.findOrFail(row.campaignId, { client: trx })
    const missing = lacking(row, campaign)
    if (await hasActiveCreative(trx, row.id)) return missing
    return [
      ...missing,
      { field: 'creatives', code: 'required', detail: 'An active creative must be assigned' },
    ]
  }

  private setDeliveryRules(row: LineItem, input: Partial<LineItemInput>): void {
    row.merge({
      frequencyCaps: input.frequencyCaps ?? row.frequencyCaps ?? [],
      exclusionKeys: input.exclusionKeys ?? row.exclusionKeys ?? [],
      adCategories: input.adCategories ?? row.adCategories ?? [],
      roadblock: input.roadblock ?? row.roadblock ?? 'none',
    })
  }

  private begin(row: LineItem, campaign: Campaign): void {
    row.merge({ campaignId: campaign.id, advertiserId: campaign.advertiserId, targeting: {} })
    row.merge({ priceModel: null, priceNanos: null, currency: null, goalType: null, goalQuantity: null })
    row.merge({ shareOfVoice: null, startsAt: null, endsAt: null, pacing: 'even' })
    row.merge({ budgetTotalNanos: null, budgetDailyNanos: null })
  }

  private setPrice({ gathered }: Running, row: LineItem, price: LineItemInput['price']): void {
    const nanos = ownCurrency(gathered, price ?? null, 'price')
    if (!price || nanos === null) {
      row.merge({ priceModel: null, priceNanos: null })
      return
    }
    if ((price.model === 'cpm' || price.model === 'vcpm') && cpmMicros(nanos) === null) {
      const detail = 'The price.amount field of a CPM must be at most 9007199254 with at most 6 decimals'
      throw invalid('price.amount', 'precision', detail)
    }
    if (price.model !== 'cpm' && nanos > BigInt(Number.MAX_SAFE_INTEGER)) {
      const detail = `The price.amount field of a ${price.model.toUpperCase()} must be at most 9007199`
      throw invalid('price.amount', 'range', detail)
    }
    row.merge({ priceModel: price.model, priceNanos: nanos })
  }

  /** Price and budgets are in the organisation's currency, which the row keeps while it has any of them. */
  private setBudgets({ gathered }: Running, row: LineItem, input: Partial<LineItemInput>): void {
    const budgets = budgetsAfter(gathered, row, input)
    const free = [row.priceNanos, ...Object.values(budgets)].every((nanos) => nanos === null)
    row.merge({ ...budgets, currency: free ? null : gathered.currency })
  }

  private async campaign({ trx, caller }: Running, id: Campaign['id'] | undefined, fresh: boolean) {
    const own = advertisersOf(caller)
    const campaign = await Campaign.find(id, { client: trx })
    if (!campaign || (own && !own.includes(campaign.advertiserId))) throw notFound('campaign', 'campaignId')
    if (fresh && campaign.status === 'archived') throw archived('campaign', 'campaignId')
    return campaign
  }
}
