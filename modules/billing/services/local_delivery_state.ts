import type { Id } from '#modules/kernel/ids'
import type { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, utcDay, type Clock } from '#modules/kernel/time'
import { DeliveryState, type DeliveryStateSection } from '#modules/campaigns/contract'
import type { DemandBook } from '#modules/billing/services/demand_book'
import { Spending, spentCampaigns, spentLineItems } from '#modules/billing/services/spending'

const NOTHING: DeliveryStateSection = { version: 0, delivered: new Map(), spentCampaigns: new Set() }
const NONE: ReadonlySet<string> = new Set()
/** Zones reach from 12 hours behind UTC to 14 ahead: the running day of any of them is one of three. */
const DAYS_KEPT_MS = 2 * DAY_MS

type Known = { readonly spending: Spending; section: DeliveryStateSection }
type DeliveredRow = {
  organisation_id: string
  line_item_id: string
  currency: string
  impressions: string
  clicks: string
  viewable: string
  spend_nanos: string
  revision: string
}
type DayRow = {
  organisation_id: string
  line_item_id: string
  currency: string
  day: string
  spend_nanos: string
  revision: string
}

/**
 * What line items have delivered, and which of them and of their campaigns have spent their budget, in the memory of a process that decides.
 * `refresh` reads only what the consumer has changed since the last time.
 */
export class LocalDeliveryState extends DeliveryState {
  private readonly organisations = new Map<string, Known>()
  private readonly read = { delivered: -1n, days: -1n }

  constructor(
    private readonly tenancy: Tenancy,
    private readonly demand: DemandBook,
    private readonly clock: Clock
  ) {
    super()
  }

  /** The section of the last refresh; empty, version 0, for an organisation that has delivered nothing. */
  current(organisationId: Id<'organisation'>): DeliveryStateSection {
    return this.organisations.get(organisationId)?.section ?? NOTHING
  }

  /** Takes in what has changed, and the days that have begun. A section is replaced, and its version grows, only if it differs. */
  async refresh(): Promise<void> {
    await this.demand.refresh()
    const changed = await this.takeRows()
    const now = this.clock.now()
    for (const [id, known] of this.organisations) {
      known.spending.forgetBefore(utcDay(now - DAYS_KEPT_MS))
      const demand = await this.demand.of(id as Id<'organisation'>)
      const spent = spentCampaigns(known.spending, demand, now)
      const lines = spentLineItems(known.spending, demand.lineBudgets, now)
      const { spentCampaigns: before, spentLineItems: linesBefore } = known.section
      if (!changed.has(id) && sameSet(spent, before) && sameSet(lines, linesBefore ?? NONE)) continue
      known.section = {
        version: known.section.version + 1,
        delivered: known.spending.delivered(),
        spentCampaigns: spent,
        spentLineItems: lines,
      }
    }
  }

  /** @returns organisations of which a row has changed */
  private async takeRows(): Promise<ReadonlySet<string>> {
    const changed = new Set<string>()
    const oldest = utcDay(this.clock.now() - DAYS_KEPT_MS)
    const rows = await this.tenancy.system(async (trx) => ({
      delivered: (await trx
        .from('billing_delivered')
        .where('revision', '>', this.read.delivered.toString())) as DeliveredRow[],
      days: (await trx
        .from('billing_spend_days')
        .where('revision', '>', this.read.days.toString())
        .where('day', '>=', oldest)
        .select(
          'organisation_id',
          'line_item_id',
          'currency',
          trx.raw('day::text as day'),
          'spend_nanos',
          'revision'
        )) as DayRow[],
    }))
    for (const row of rows.delivered) {
      changed.add(row.organisation_id)
      this.spendingOf(row.organisation_id).setLifetime(row.line_item_id, row.currency, {
        impressions: Number(row.impressions),
        clicks: Number(row.clicks),
        viewable: Number(row.viewable),
        spend: BigInt(row.spend_nanos),
      })
      if (BigInt(row.revision) > this.read.delivered) this.read.delivered = BigInt(row.revision)
    }
    for (const row of rows.days) {
      changed.add(row.organisation_id)
      this.spendingOf(row.organisation_id).setDay(
        row.day,
        row.line_item_id,
        row.currency,
        BigInt(row.spend_nanos)
      )
      if (BigInt(row.revision) > this.read.days) this.read.days = BigInt(row.revision)
    }
    return changed
  }

  private spendingOf(organisationId: string): Spending {
    const known = this.organisations.get(organisationId)
    if (known) return known.spending
    const spending = new Spending()
    this.organisations.set(organisationId, { spending, section: NOTHING })
    return spending
  }
}

function sameSet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && left.isSubsetOf(right)
}
