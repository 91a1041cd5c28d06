import { dayAt } from '#modules/kernel/calendar'
import { utcDay } from '#modules/kernel/time'
import type { LineItemBudget, SnapshotBudget } from '#modules/campaigns/contract'

type Lifetime = Delivered & { readonly spend: bigint }
/** `viewable` is absent while it is 0. */
type Delivered = { readonly impressions: number; readonly clicks: number; readonly viewable?: number }
/** Nanos by campaign and currency: unlike units are never added. */
type Sums = Map<string, Map<string, bigint>>

/** What the line items of one organisation have delivered and spent, as far as budgets need it. */
export class Spending {
  private readonly lifetime = new Map<string, Map<string, Lifetime>>()
  private readonly days = new Map<string, Map<string, Map<string, bigint>>>()

  setLifetime(lineItemId: string, currency: string, lifetime: Lifetime): void {
    inner(this.lifetime, lineItemId).set(currency, lifetime)
  }

  setDay(day: string, lineItemId: string, currency: string, spend: bigint): void {
    inner(inner(this.days, day), lineItemId).set(currency, spend)
  }

  forgetBefore(day: string): void {
    for (const known of this.days.keys()) if (known < day) this.days.delete(known)
  }

  /** Impressions, clicks and viewable impressions by line item, whatever the currency. */
  delivered(): Map<string, Delivered> {
    const counts = new Map<string, Delivered>()
    for (const [lineItem, parts] of this.lifetime) {
      const sum: { impressions: number; clicks: number; viewable?: number } = { impressions: 0, clicks: 0 }
      for (const { impressions, clicks, viewable = 0 } of parts.values()) {
        sum.impressions += impressions
        sum.clicks += clicks
        if (viewable > 0) sum.viewable = (sum.viewable ?? 0) + viewable
      }
      counts.set(lineItem, sum)
    }
    return counts
  }

  /** Nanos by currency that a line item has cost so far. */
  lifetimeOf(lineItemId: string): ReadonlyMap<string, bigint> {
    const parts = this.lifetime.get(lineItemId) ?? new Map<string, Lifetime>()
    return new Map([...parts].map(([currency, { spend }]) => [currency, spend]))
  }

  /** Nanos by currency that a line item has cost on a day of its campaign's zone; undefined = nothing. */
  dayOf(day: string, lineItemId: string): ReadonlyMap<string, bigint> | undefined {
    return this.days.get(day)?.get(lineItemId)
  }

  lifetimeByCampaign(campaignOf: ReadonlyMap<string, string>): Sums {
    const sums: Sums = new Map()
    for (const [lineItem, parts] of this.lifetime) {
      for (const [currency, { spend }] of parts) addTo(sums, campaignOf.get(lineItem), currency, spend)
    }
    return sums
  }

  dayByCampaign(day: string, campaignOf: ReadonlyMap<string, string>): Sums {
    const sums: Sums = new Map()
    for (const [lineItem, parts] of this.days.get(day) ?? []) {
      for (const [currency, spend] of parts) addTo(sums, campaignOf.get(lineItem), currency, spend)
    }
    return sums
  }
}

/** Campaigns whose total budget, or whose budget of the running day of their zone, is reached. */
export function spentCampaigns(
  spending: Spending,
  demand: { campaignOf: ReadonlyMap<string, string>; budgets: ReadonlyMap<string, SnapshotBudget> },
  now: number
): Set<string> {
  const spent = new Set<string>()
  const total = spending.lifetimeByCampaign(demand.campaignOf)
  const byDay = new Map<string, Sums>()
  for (const { campaignId, totalNanos, dailyNanos, timeZone } of demand.budgets.values()) {
    if (reaches(total.get(campaignId), totalNanos)) spent.add(campaignId)
    if (dailyNanos === null) continue
    const day = utcDay(dayAt(now, timeZone))
    let today = byDay.get(day)
    if (!today) byDay.set(day, (today = spending.dayByCampaign(day, demand.campaignOf)))
    if (reaches(today.get(campaignId), dailyNanos)) spent.add(campaignId)
  }
  return spent
}

/** Line items whose own total budget, or whose own budget of the running day of the campaign's zone, is reached. */
export function spentLineItems(
  spending: Spending,
  budgets: readonly LineItemBudget[],
  now: number
): Set<string> {
  const spent = new Set<string>()
  for (const { lineItemId, totalNanos, dailyNanos, timeZone } of budgets) {
    if (totalNanos !== null && reaches(spending.lifetimeOf(lineItemId), totalNanos)) spent.add(lineItemId)
    if (dailyNanos === null) continue
    const day = utcDay(dayAt(now, timeZone))
    if (reaches(spending.dayOf(day, lineItemId), dailyNanos)) spent.add(lineItemId)
  }
  return spent
}

function reaches(sums: ReadonlyMap<string, bigint> | undefined, limit: string | null): boolean {
  if (limit === null || !sums) return false
  const most = BigInt(limit)
  return [...sums.values()].some((spend) => spend >= most)
}

function addTo(sums: Sums, campaign: string | undefined, currency: string, spend: bigint): void {
  if (campaign === undefined) return
  const parts = inner(sums, campaign)
  parts.set(currency, (parts.get(currency) ?? 0n) + spend)
}

function inner<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let found = map.get(key)
  if (!found) map.set(key, (found = new Map()))
  return found
}
