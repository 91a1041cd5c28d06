import type { ServingSnapshot } from '#modules/campaigns/contract'
import { CapTally, FrequencyCaps, type CapSubject, type Match } from '#modules/matching/contract'
import type { CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { capPlanOf, type CapPlan, type CapRule } from '#modules/matching/services/caps/cap_rules'
import type { CapStore } from '#modules/matching/services/caps/cap_store'

/** An id of a page view or session says nothing after this; such counts never leave the process. */
const PASSING_MS = 2 * 3_600_000

/** Caps over the counts of this process. Cost: nothing without caps, else one look at the person's counts a call. */
export class LocalFrequencyCaps extends FrequencyCaps {
  constructor(
    private readonly store: CapStore,
    private readonly deltas: CapDeltas
  ) {
    super()
  }

  open(snapshot: ServingSnapshot, subject: CapSubject | null, nowMs: number): CapTally | null {
    const plan = capPlanOf(snapshot)
    return plan && new LocalTally(plan, this.store, this.deltas, subject, nowMs)
  }
}

class LocalTally extends CapTally {
  readonly capped = new Set<string>()
  readonly #sums = new Map<CapRule, number>()

  constructor(
    private readonly plan: CapPlan,
    private readonly store: CapStore,
    private readonly deltas: CapDeltas,
    private readonly subject: CapSubject | null,
    private readonly nowMs: number
  ) {
    super()
    if (subject === null) return
    for (const { counter, window, count } of store.counts(subject.key, nowMs)) {
      for (const rule of plan.byCounter.get(counter) ?? []) {
        const last = rule.windowAt(nowMs)
        if (window <= last && window >= last - rule.before) this.#add(rule, count)
      }
    }
  }

  count(match: Match): void {
    this.#change(match, 1)
  }

  uncount(match: Match): void {
    this.#change(match, -1)
  }

  #change({ lineItem, creative }: Match, by: 1 | -1): void {
    for (const id of [lineItem.advertiserId, lineItem.campaignId, lineItem.id, creative.id]) {
      const rules = this.plan.byOwner.get(id)
      if (rules === undefined) continue
      this.capped.delete(id)
      for (const rule of rules) this.#add(rule, by)
      for (const counter of new Set(rules.map((rule) => rule.counter))) this.#keep(counter, by)
    }
  }

  #add(rule: CapRule, by: number): void {
    const sum = (this.#sums.get(rule) ?? 0) + by
    this.#sums.set(rule, sum)
    if (sum >= rule.limit) this.capped.add(rule.ownerId)
  }

  /** Rules that share a count keep it for as long as the last of them needs it. */
  #keep(counter: string, by: number): void {
    if (this.subject === null) return
    const { key: subject, kept } = this.subject
    const rules = this.plan.byCounter.get(counter)!
    const window = rules[0]!.windowAt(this.nowMs)
    const until = Math.max(...rules.map((rule) => rule.expiresAt(window, this.nowMs)))
    const expiresMs = kept ? until : Math.min(until, this.nowMs + PASSING_MS)
    this.store.add(subject, counter, window, by, expiresMs, this.nowMs)
    if (kept) this.deltas.add({ subject, counter, window, by, expiresMs })
  }
}
