import { inject } from '@adonisjs/core'
import { Identity } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import type { Id } from '#modules/kernel/ids'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock, DAY_MS, type EpochMs } from '#modules/kernel/time'
import type { ServingSnapshot } from '#modules/campaigns/contract'
import {
  budgetOf,
  capsOf,
  creativeOf,
  lineItemOf,
  pixelOf,
  type Rows,
} from '#modules/campaigns/services/snapshot_rows'

/** Trackers die 24 h after their ad; conversions may come 90 days later and are of the creative's advertiser. */
const ARCHIVED_CREATIVES_MS = 92 * DAY_MS

/**
 * Compiles the serving snapshot of an organisation in eight queries, whatever its size. Inventory is read first and
 * the rest in one view after it: a snapshot is never newer than its version says, so whoever follows `versions()`
 * always ends at the current state. Same state, same bytes (but for `compiledAt`): all lists are ordered by id.
 */
@inject()
export default class SnapshotCompiler {
  constructor(
    private tenancy: Tenancy,
    private clock: Clock,
    private identity: Identity,
    private inventory: Inventory
  ) {}

  /** @throws RangeError when there is no such organisation */
  async compile(organisationId: Id<'organisation'>): Promise<ServingSnapshot> {
    const organisation = await this.identity.organisation(organisationId)
    if (!organisation) throw new RangeError(`organisation ${organisationId} does not exist`)
    const supply = await this.inventory.section(organisationId)
    const now = this.clock.now()
    const demand = await this.tenancy.view(organisationId, (trx) => read(trx, now))
    const assigned = byLineItem(demand.assignments)
    const lineItems = demand.lineItems.flatMap((row) => {
      const creatives = assigned.get(row.id)
      return creatives ? [lineItemOf(row, creatives)] : []
    })
    const frequencyCaps = demand.caps.flatMap((row) => capsOf(row, organisation.timeZone) ?? [])
    const campaigns = new Set(lineItems.map((line) => line.campaignId))
    return {
      format: 1,
      organisationId,
      version: supply.version + demand.version,
      compiledAt: now,
      currency: organisation.currency,
      timeZone: organisation.timeZone,
      placements: supply.data.placements,
      lineItems,
      creatives: demand.creatives.map(creativeOf),
      budgets: demand.budgets.filter((row) => campaigns.has(row.id)).map(budgetOf),
      ...(frequencyCaps.length > 0 ? { caps: frequencyCaps } : {}),
      ...(demand.pixels.length > 0 ? { pixels: demand.pixels.map(pixelOf) } : {}),
    }
  }
}

async function read(trx: Transaction, now: EpochMs) {
  const version = (await trx.from('campaigns_versions').select('version').first()) as {
    version: string
  } | null
  return {
    version: Number(version?.version ?? 0),
    lineItems: await activeLineItems(trx, now),
    assignments: (await trx
      .from('campaigns_line_item_creatives as a')
      .join('campaigns_creatives as c', 'c.id', 'a.creative_id')
      .where('c.status', 'active')
      .whereRaw(`coalesce(c.ends_at, 'infinity') > ?`, [new Date(now)])
      .select('a.line_item_id', 'a.creative_id', 'a.weight')
      .orderBy('a.line_item_id')
      .orderBy('a.creative_id')) as Rows['assignment'][],
    creatives: (await trx
      .from('campaigns_creatives as c')
      .join('campaigns_advertisers as a', 'a.id', 'c.advertiser_id')
      .whereNot('c.status', 'archived')
      .orWhere('c.status_changed_at', '>', new Date(now - ARCHIVED_CREATIVES_MS))
      .select('c.*', 'a.append_click_token')
      .orderBy('c.id')) as Rows['creative'][],
    pixels: (await trx
      .from('campaigns_pixels')
      .whereNot('status', 'archived')
      .select('id', 'advertiser_id', 'status', 'window_hours')
      .orderBy('id')) as Rows['pixel'][],
    caps: await caps(trx),
    budgets: (await trx
      .from('campaigns_campaigns')
      .where('status', 'active')
      .select('id', 'time_zone', 'budget_total_nanos', 'budget_daily_nanos')
      .orderBy('id')) as Rows['budget'][],
  }
}

/** Of whatever may be served, in one query; archived owners serve nothing. */
async function caps(trx: Transaction): Promise<Rows['caps'][]> {
  const { rows } = (await trx.rawQuery(
    `select 'advertiser' as owner, id, null as time_zone, frequency_caps from campaigns_advertisers
       where status = 'active' and frequency_caps <> '[]'
     union all select 'campaign', id, time_zone, frequency_caps from campaigns_campaigns
       where status = 'active' and frequency_caps <> '[]'
     union all select 'line_item', l.id, c.time_zone, l.frequency_caps from campaigns_line_items l
       join campaigns_campaigns c on c.id = l.campaign_id where l.status = 'active' and l.frequency_caps <> '[]'
     union all select 'creative', id, null, frequency_caps from campaigns_creatives
       where status = 'active' and frequency_caps <> '[]'
     order by id`
  )) as { rows: Rows['caps'][] }
  return rows
}

/** Active, of active campaigns of active advertisers, and not over yet. `least` skips nulls: an open end is no end. */
async function activeLineItems(trx: Transaction, now: EpochMs): Promise<Rows['lineItem'][]> {
  return (await trx
    .from('campaigns_line_items as l')
    .join('campaigns_campaigns as c', 'c.id', 'l.campaign_id')
    .join('campaigns_advertisers as a', 'a.id', 'c.advertiser_id')
    .where({ 'l.status': 'active', 'c.status': 'active', 'a.status': 'active' })
    .whereRaw(`coalesce(least(l.ends_at, c.ends_at), 'infinity') > ?`, [new Date(now)])
    .select('l.id', 'l.campaign_id', 'l.advertiser_id', 'l.tier', 'l.price_model', 'l.price_nanos')
    .select('l.goal_type', 'l.goal_quantity', 'l.share_of_voice', 'l.targeting', 'c.time_zone')
    .select('l.pacing')
    .select('l.frequency_caps', 'l.exclusion_keys', 'l.roadblock', 'a.one_ad_per_page')
    .select(trx.raw('l.ad_categories || c.ad_categories as ad_categories'))
    .select('l.budget_total_nanos', 'l.budget_daily_nanos')
    .select(trx.raw('greatest(l.starts_at, c.starts_at) as starts_at'))
    .select(trx.raw('least(l.ends_at, c.ends_at) as ends_at'))
    .orderBy('l.id')) as Rows['lineItem'][]
}

function byLineItem(assignments: readonly Rows['assignment'][]) {
  const lists = new Map<string, { creativeId: Id<'creative'>; weight: number }[]>()
  for (const { line_item_id: id, creative_id: creativeId, weight } of assignments) {
    const list = lists.get(id)
    if (list) list.push({ creativeId, weight })
    else lists.set(id, [{ creativeId, weight }])
  }
  return lists
}
