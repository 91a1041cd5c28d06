import type { DeliveryStateSection, ServingSnapshot } from '#modules/campaigns/contract'
import { QUARTER_MS, utcDay } from '#modules/kernel/time'
import { dayAt } from '#modules/kernel/calendar'
import { newPace, pace, type PaceState } from '#modules/billing/services/pacing/pace'
import { subjectsOf, type Subject } from '#modules/billing/services/pacing/pace_subjects'
import {
  learnCurve,
  planDay,
  weightBetween,
  weightOf,
  type DayPlan,
  type TrafficCurve,
} from '#modules/billing/services/pacing/traffic_curve'

/** Requests by placement and start of a quarter. */
export type TrafficCounts = ReadonlyMap<string, ReadonlyMap<number, number>>
export type Delivered = { readonly impressions: number; readonly viewable: number; readonly clicks: number }
/** What is known of delivery at a reading. */
export type Deliveries = {
  /** Since the line item exists. */
  readonly lifetime: DeliveryStateSection['delivered']
  /** On a day of the campaign's zone; spend in nanos of the organisation's currency. */
  day(day: string, lineItemId: string): Delivered & { readonly spend: number }
}
type Planned = { readonly plan: DayPlan; readonly shareOfRest: number }

/** Paces the line items of one organisation; remembers what it has learned from one reading to the next. */
export class Pacer {
  private subjects: readonly Subject[] = []
  private currency = ''
  private plannedFor = Number.NaN
  private readonly plans = new Map<string, Planned>()
  private readonly states = new Map<string, PaceState>()
  private readonly curves = new Map<string, TrafficCurve>()

  get currencyCode(): string {
    return this.currency
  }

  /** Takes a snapshot; what was learned stays with goals and budgets that are still there. */
  take(snapshot: ServingSnapshot): void {
    this.subjects = subjectsOf(snapshot)
    this.currency = snapshot.currency
    this.plannedFor = Number.NaN
    const keys = new Set(this.subjects.map(({ key }) => key))
    for (const key of this.states.keys()) if (!keys.has(key)) this.states.delete(key)
  }

  /**
   * Pass shares by line item, for the next second or so; below 1 only. A line item that is paced by a goal and by a
   * budget gets the smaller one. Curves and plans are made anew each quarter hour.
   */
  shares(nowMs: number, traffic: TrafficCounts, deliveries: Deliveries): Map<string, number> {
    const quarter = Math.floor(nowMs / QUARTER_MS)
    if (quarter !== this.plannedFor) {
      this.plans.clear()
      this.curves.clear()
      this.plannedFor = quarter
    }
    const shares = new Map<string, number>()
    for (const subject of this.subjects) {
      if (nowMs < subject.startsAt || (subject.endsAt !== null && nowMs >= subject.endsAt)) continue
      const share = this.shareOf(subject, nowMs, traffic, deliveries)
      if (share >= 1) continue
      for (const { id } of subject.lineItems) shares.set(id, Math.min(share, shares.get(id) ?? 1))
    }
    return shares
  }

  private shareOf(subject: Subject, nowMs: number, traffic: TrafficCounts, deliveries: Deliveries): number {
    const { key, unit } = subject
    const planned = this.plans.get(key) ?? this.planOf(subject, nowMs, traffic)
    this.plans.set(key, planned)
    const state = this.states.get(key) ?? newPace()
    this.states.set(key, state)
    const { quantity, delivered } = quantities(subject, nowMs, planned, deliveries)
    return quantity <= 0 ? 1 : pace(state, { nowMs, plan: planned.plan, quantity, delivered, unit })
  }

  private planOf(subject: Subject, nowMs: number, traffic: TrafficCounts): Planned {
    const { timeZone, endsAt, open } = subject
    const curve = this.curveOf(subject, nowMs, traffic)
    const plan = planDay(curve, timeZone, nowMs, subject, open)
    if (endsAt === null || subject.budgetNanos !== null) return { plan, shareOfRest: 1 }
    const today = weightOf(plan)
    const later = weightBetween(curve, timeZone, plan.to, endsAt, open)
    return { plan, shareOfRest: today + later === 0 ? 1 : today / (today + later) }
  }

  private curveOf({ placements, timeZone }: Subject, nowMs: number, traffic: TrafficCounts): TrafficCurve {
    const key = `${timeZone} ${placements === null ? 'all' : [...placements].join()}`
    const known = this.curves.get(key)
    if (known) return known
    const counts = new Map<number, number>()
    for (const [placement, quarters] of traffic) {
      if (placements !== null && !placements.has(placement)) continue
      for (const [at, requests] of quarters) counts.set(at, (counts.get(at) ?? 0) + requests)
    }
    const curve = learnCurve(counts, timeZone, nowMs)
    this.curves.set(key, curve)
    return curve
  }
}

/** What the running day is to bring and has brought; of a goal its part of what was left when the day began. */
function quantities(
  { lineItems, timeZone, budgetNanos }: Subject,
  nowMs: number,
  { shareOfRest }: Planned,
  deliveries: Deliveries
): { quantity: number; delivered: number } {
  const day = utcDay(dayAt(nowMs, timeZone))
  if (budgetNanos !== null) {
    const spent = lineItems.reduce((sum, { id }) => sum + deliveries.day(day, id).spend, 0)
    return { quantity: budgetNanos, delivered: spent }
  }
  const [{ id, goal }] = lineItems
  if (goal === null || goal === undefined) return { quantity: 0, delivered: 0 }
  const today = deliveries.day(day, id)[goal.type]
  const before = Math.max(0, (deliveries.lifetime.get(id)?.[goal.type] ?? 0) - today)
  return { quantity: (goal.quantity - before) * shareOfRest, delivered: today }
}
