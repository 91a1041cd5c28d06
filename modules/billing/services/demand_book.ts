import type { Id } from '#modules/kernel/ids'
import { dayAt } from '#modules/kernel/calendar'
import { utcDay, type UtcDay } from '#modules/kernel/time'
import type { Campaigns, LineItemBudget, SnapshotBudget } from '#modules/campaigns/contract'
import type { Identity } from '#modules/identity/contract'

type Demand = {
  readonly version: number
  readonly campaignOf: ReadonlyMap<string, string>
  readonly budgets: ReadonlyMap<string, SnapshotBudget>
  readonly lineBudgets: readonly LineItemBudget[]
  readonly zone: string
}

/** Line items, their campaigns and budgets, by organisation; read again when demand has changed. */
export class DemandBook {
  private readonly known = new Map<string, Demand>()
  private versions: ReadonlyMap<string, number> = new Map()

  constructor(
    private readonly campaigns: Campaigns,
    private readonly identity: Identity
  ) {}

  /** Looks which organisations have changed; costs one query. */
  async refresh(): Promise<void> {
    this.versions = await this.campaigns.versions()
  }

  /** As of the last `refresh`. */
  async of(organisationId: Id<'organisation'>): Promise<Demand> {
    const version = this.versions.get(organisationId) ?? 0
    const kept = this.known.get(organisationId)
    if (kept?.version === version) return kept
    const [lineItems, budgets, lineBudgets, organisation] = await Promise.all([
      this.campaigns.lineItemsOf(organisationId, {}),
      this.campaigns.budgets(organisationId),
      this.campaigns.lineItemBudgets(organisationId),
      this.identity.organisation(organisationId),
    ])
    const demand: Demand = {
      version,
      campaignOf: new Map(lineItems.map(({ id, campaignId }) => [id, campaignId])),
      budgets: new Map(budgets.map((budget) => [budget.campaignId, budget])),
      lineBudgets,
      zone: organisation?.timeZone ?? 'UTC',
    }
    this.known.set(organisationId, demand)
    return demand
  }
}

/**
 * The day that a fact is charged to: its issue time in the campaign's zone; in the organisation's when the line item
 * is not known any more.
 */
export function chargeDay(demand: Demand, lineItemId: string, issuedAt: number): UtcDay {
  const campaign = demand.campaignOf.get(lineItemId)
  const zone = (campaign && demand.budgets.get(campaign)?.timeZone) ?? demand.zone
  return utcDay(dayAt(issuedAt, zone))
}
