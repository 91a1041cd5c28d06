import { inject } from '@adonisjs/core'
import { Tenancy } from '#modules/kernel/tenancy'
import { ok, type Result } from '#modules/kernel/result'
import { Clock, DAY_MS, QUARTER_MS } from '#modules/kernel/time'
import { dayAt, localTime, slotsOf, startOfDay } from '#modules/kernel/calendar'
import { Identity, type Organisation, type Principal } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { Campaigns } from '#modules/campaigns/contract'
import {
  Reporting,
  type DeliveryQuery,
  type DeliveryReport,
  type DeliveryRow,
  type Granularity,
  type LiveSlot,
  type ReportFailure,
  type Today,
} from '#modules/reporting/contract'
import { readDelivery, type Tables, type Tallied } from '#modules/reporting/services/delivery'
import { planOf, type Plan } from '#modules/reporting/services/plan'
import { RollUp } from '#modules/reporting/services/roll_up'
import { Scoping } from '#modules/reporting/services/scope'

/** Reports from this process's database. */
@inject()
export default class LocalReporting extends Reporting {
  private readonly scoping: Scoping

  constructor(
    private readonly tenancy: Tenancy,
    private readonly identity: Identity,
    private readonly inventory: Inventory,
    private readonly campaigns: Campaigns,
    private readonly rollUp: RollUp,
    private readonly clock: Clock
  ) {
    super()
    this.scoping = new Scoping(campaigns, inventory)
  }

  async delivery(principal: Principal, query: DeliveryQuery): Promise<Result<DeliveryReport, ReportFailure>> {
    const organisation = await this.organisationOf(principal)
    const plan = planOf(query, organisation.timeZone)
    if (!plan.ok) return plan
    const asOf = new Date(await this.rollUp.completeUntil()).toISOString()
    const tables = await this.read(principal, plan.value)
    if (!tables.ok) return tables
    const { rows, total } = tables.value
    const { from, to, zone, granularity } = plan.value
    return ok({
      rows: rows.map(({ keys, tally }): DeliveryRow => ({
        ...keys,
        ...tally.metrics(organisation.currency),
      })),
      total: total.metrics(organisation.currency),
      asOf,
      zone,
      granularity,
      from: localTime(from, zone),
      to: localTime(to, zone),
      names: await this.names(principal, rows),
    })
  }

  async today(principal: Principal): Promise<Today> {
    const { currency, timeZone } = await this.organisationOf(principal)
    const asOf = new Date(await this.rollUp.completeUntil()).toISOString()
    const now = this.clock.now()
    const day = dayAt(now, timeZone)
    const from = startOfDay(day, timeZone)
    const current = Math.floor(now / QUARTER_MS) * QUARTER_MS
    const live = await this.between(principal, from, current + QUARTER_MS, timeZone, '15min')
    const yesterday = startOfDay(day - DAY_MS, timeZone)
    const until = Math.min(yesterday + (current - from), from)
    const previous = await this.between(principal, yesterday, until, timeZone, 'total')
    const bySlot = new Map(live.rows.map((row) => [row.slot, row.tally.metrics(currency)]))
    const slots = slotsOf('15min', from, current + QUARTER_MS, timeZone).map((at, index): LiveSlot => {
      const { impressions, clicks, spend } = bySlot.get(index) ?? {
        impressions: 0,
        clicks: 0,
        spend: { amount: '0.000000000', currency },
      }
      return { time: localTime(at, timeZone), impressions, clicks, spend }
    })
    return {
      zone: timeZone,
      slots,
      totals: live.total.metrics(currency),
      previous: previous.total.metrics(currency),
      asOf,
    }
  }

  private async between(
    principal: Principal,
    from: number,
    to: number,
    zone: string,
    granularity: Granularity
  ): Promise<Tables> {
    const filter = { campaign: [], line_item: [], placement: [] }
    const plan: Plan = {
      from,
      to,
      zone,
      granularity,
      groups: [],
      filter,
      slots: slotsOf(granularity, from, to, zone),
    }
    const tables = await this.read(principal, plan)
    if (!tables.ok) throw new Error(`A report without filters and groups was refused: ${tables.error.type}`)
    return tables.value
  }

  private async read(principal: Principal, plan: Plan): Promise<Result<Tables, ReportFailure>> {
    const scope = await this.scoping.of(principal, plan)
    return scope.ok ? readDelivery(this.tenancy, principal.organisationId, plan, scope.value) : scope
  }

  private async organisationOf(principal: Principal): Promise<Organisation> {
    const organisation = await this.identity.organisation(principal.organisationId)
    if (!organisation) {
      throw new Error(`The organisation ${principal.organisationId} of a principal does not exist`)
    }
    return organisation
  }

  private async names(principal: Principal, rows: readonly Tallied[]): Promise<Record<string, string>> {
    const demand = new Set<string>()
    const supply = new Set<string>()
    for (const { keys } of rows) {
      for (const id of [keys.campaign, keys.line_item, keys.creative]) if (id) demand.add(id)
      if (keys.placement) supply.add(keys.placement)
    }
    const found = await Promise.all([
      demand.size > 0
        ? this.campaigns.names(principal.organisationId, [...demand])
        : new Map<string, string>(),
      supply.size > 0
        ? this.inventory.names(principal.organisationId, [...supply])
        : new Map<string, string>(),
    ])
    return Object.fromEntries(found.flatMap((names) => [...names]))
  }
}
