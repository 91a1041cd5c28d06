import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { isUuid, type Id } from '#modules/kernel/ids'
import { growVersion } from '#modules/kernel/records/versions'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { Campaigns, type CampaignQuery, type CampaignStatus } from '#modules/campaigns/contract'
import CampaignPages from '#modules/campaigns/services/campaign_pages'
import { advertisersOf } from '#modules/campaigns/services/demand'
import { standingOf } from '#modules/campaigns/services/standing'
import SnapshotCompiler from '#modules/campaigns/services/snapshot_compiler'
import { budgetOf, lineItemBudgetOf, type Rows } from '#modules/campaigns/services/snapshot_rows'

type LineItemRef = { id: Id<'line_item'>; campaignId: Id<'campaign'> }

/** Answers other modules from campaigns_* tables. */
@inject()
export default class LocalCampaigns extends Campaigns {
  constructor(
    private tenancy: Tenancy,
    private inventory: Inventory,
    private compiler: SnapshotCompiler,
    private pages: CampaignPages,
    private clock: Clock
  ) {
    super()
  }

  /** Inventory and demand added up: each only grows, so their sum changes with every change and only grows. */
  async versions() {
    const sums = new Map(await this.inventory.versions())
    const rows = await this.tenancy.system(
      async (trx) =>
        (await trx.from('campaigns_versions').select('organisation_id', 'version')) as {
          organisation_id: Id<'organisation'>
          version: string
        }[]
    )
    for (const { organisation_id: id, version } of rows) sums.set(id, (sums.get(id) ?? 0) + Number(version))
    return sums
  }

  compile(organisationId: Id<'organisation'>) {
    return this.compiler.compile(organisationId)
  }

  async touch(organisationId: Id<'organisation'>) {
    await this.tenancy.transaction(organisationId, (trx) => growVersion(trx, 'campaigns', organisationId))
  }

  async names(organisationId: Id<'organisation'>, ids: readonly string[]) {
    const asked = ids.filter(isUuid)
    if (asked.length === 0) return new Map<string, string>()
    return this.tenancy.transaction(organisationId, async (trx) => {
      const { rows } = (await trx.rawQuery(
        `select id, name from campaigns_advertisers where id = any(:asked)
         union all select id, name from campaigns_campaigns where id = any(:asked)
         union all select id, name from campaigns_line_items where id = any(:asked)
         union all select id, name from campaigns_creatives where id = any(:asked)`,
        { asked }
      )) as { rows: { id: string; name: string }[] }
      return new Map(rows.map((row) => [row.id, row.name]))
    })
  }

  async lineItemsOf(
    organisationId: Id<'organisation'>,
    filter: { campaignIds?: readonly string[]; advertiserIds?: readonly string[] }
  ): Promise<readonly LineItemRef[]> {
    const { campaignIds, advertiserIds } = filter
    return this.tenancy.transaction(organisationId, async (trx) => {
      const query = trx.from('campaigns_line_items').select('id', 'campaign_id').orderBy('id')
      if (campaignIds) void query.whereIn('campaign_id', campaignIds.filter(isUuid))
      if (advertiserIds) void query.whereIn('advertiser_id', advertiserIds.filter(isUuid))
      const rows = (await query) as { id: Id<'line_item'>; campaign_id: Id<'campaign'> }[]
      return rows.map((row) => ({ id: row.id, campaignId: row.campaign_id }))
    })
  }

  async visibleLineItems(principal: Principal) {
    const advertiserIds = advertisersOf(principal)
    if (advertiserIds === null) return null
    const found = await this.lineItemsOf(principal.organisationId, { advertiserIds })
    return found.map((line) => line.id)
  }

  /** Of all campaigns, archived ones included: late facts still count towards them. */
  async budgets(organisationId: Id<'organisation'>) {
    return this.tenancy.transaction(organisationId, async (trx) => {
      const rows = (await trx
        .from('campaigns_campaigns')
        .select('id', 'time_zone', 'budget_total_nanos', 'budget_daily_nanos')
        .orderBy('id')) as Rows['budget'][]
      return rows.map(budgetOf)
    })
  }

  async lineItemBudgets(organisationId: Id<'organisation'>) {
    return this.tenancy.transaction(organisationId, async (trx) => {
      const rows = (await trx
        .from('campaigns_line_items as l')
        .join('campaigns_campaigns as c', 'c.id', 'l.campaign_id')
        .whereRaw('num_nonnulls(l.budget_total_nanos, l.budget_daily_nanos) > 0')
        .select('l.id', 'c.time_zone', 'l.budget_total_nanos', 'l.budget_daily_nanos')
        .orderBy('l.id')) as Rows['lineItemBudget'][]
      return rows.map(lineItemBudgetOf)
    })
  }

  standing(principal: Principal, lineItemId: string) {
    return standingOf(this.tenancy, principal, lineItemId, this.clock.now())
  }

  list(principal: Principal, query: CampaignQuery) {
    return this.pages.list(principal, query)
  }

  detail(principal: Principal, id: string) {
    return this.pages.detail(principal, id)
  }

  setStatus(principal: Principal, id: string, status: CampaignStatus, reason: string | null) {
    return this.pages.setStatus(principal, id, status, reason)
  }
}
