import type { FrequencyCap, ServingSnapshot } from '#modules/campaigns/contract'
import { dayAt, wallClock } from '#modules/kernel/calendar'
import { DAY_MS } from '#modules/kernel/time'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A window of minutes is counted in at most so many parts. */
const PARTS = 60
/** After this long without an ad of the owner, its count of a lifetime is forgotten. */
export const LIFETIME_MS = 400 * DAY_MS

/** A cap that can be counted: numbers of windows instead of words. */
export type CapRule = {
  readonly ownerId: string
  readonly limit: number
  /** What is counted: equal for rules that can share a count. */
  readonly counter: string
  /** The window of an instant; consecutive for windows that follow each other. */
  readonly windowAt: (nowMs: number) => number
  /** How many windows before that of the instant count as well. */
  readonly before: number
  /** When the count of a window no longer matters. */
  readonly expiresAt: (window: number, nowMs: number) => number
}

/** The caps of a snapshot: rules by owner, and by what they count. */
export type CapPlan = {
  readonly byOwner: ReadonlyMap<string, readonly CapRule[]>
  readonly byCounter: ReadonlyMap<string, readonly CapRule[]>
}

const plans = new WeakMap<ServingSnapshot, CapPlan>()

/** The plan of a snapshot, made once; null when nobody has a cap. */
export function capPlanOf(snapshot: ServingSnapshot): CapPlan | null {
  if (snapshot.caps === undefined || snapshot.caps.length === 0) return null
  let plan = plans.get(snapshot)
  if (plan === undefined) plans.set(snapshot, (plan = planOf(snapshot.caps)))
  return plan
}

function planOf(caps: NonNullable<ServingSnapshot['caps']>): CapPlan {
  const byOwner = new Map<string, CapRule[]>()
  const byCounter = new Map<string, CapRule[]>()
  for (const { id, timeZone, rules } of caps) {
    const compiled = rules.map((rule) => capRuleOf(id, timeZone, rule))
    byOwner.set(id, compiled)
    for (const rule of compiled) byCounter.set(rule.counter, [...(byCounter.get(rule.counter) ?? []), rule])
  }
  return { byOwner, byCounter }
}

/**
 * Days and hours are those of the zone's wall clock: a day has 23 or 25 hours when clocks change, and an hour that comes
 * twice is two hours. Minutes are counted in parts of N/60 minutes rounded up, the running part and as many before it as
 * N minutes hold: never less than N minutes, at most one part more.
 */
export function capRuleOf(ownerId: string, zone: string, { impressions, per }: FrequencyCap): CapRule {
  const rule = { ownerId, limit: impressions, before: 0 }
  if (per === 'lifetime') {
    const expiresAt = (_window: number, nowMs: number) => nowMs + LIFETIME_MS
    return { ...rule, counter: `${ownerId} l`, windowAt: () => 0, expiresAt }
  }
  if (per === 'day') {
    return {
      ...rule,
      counter: `${ownerId} d`,
      windowAt: (nowMs) => dayAt(nowMs, zone) / DAY_MS,
      expiresAt: (window) => (window + 1) * DAY_MS + 12 * HOUR_MS, // the last zone ends the day 12 h after UTC
    }
  }
  if (per === 'hour') {
    return {
      ...rule,
      counter: `${ownerId} h`,
      windowAt: (nowMs) => Math.floor((nowMs - (wallClock(nowMs, zone) % HOUR_MS)) / MINUTE_MS),
      expiresAt: (window) => window * MINUTE_MS + 2 * HOUR_MS,
    }
  }
  const part = Math.ceil(per.minutes / PARTS)
  const before = Math.ceil(per.minutes / part)
  return {
    ...rule,
    before,
    counter: `${ownerId} m${part}`,
    windowAt: (nowMs) => Math.floor(nowMs / (part * MINUTE_MS)),
    expiresAt: (window) => (window + before + 1) * part * MINUTE_MS,
  }
}
