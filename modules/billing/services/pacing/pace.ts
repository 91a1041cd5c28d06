/**
 * The controller of pacing: from what was delivered by now to the share of requests to compete for. Pure arithmetic,
 * one small state per paced thing; docs/pacing.md tells why it is so.
 *
 * A model-predictive controller of one step. Let F(t) be the share of the day's traffic expected by t and Q what the
 * day is to bring. Delivery per share of traffic, were nothing held back, is the yield y; it is unknown (requests, fill
 * and competition change) and estimated from what is seen. Over the next HORIZON the plan wants
 * `Q·ΔF + (Q·F(t) − delivered)`, and a pass share p brings `p·y·ΔF`; p makes the two equal.
 */
import { shareBy, type DayPlan } from '#modules/billing/services/pacing/traffic_curve'

const MINUTE_MS = 60_000
/** A deficit or a surplus is to be gone after so long. */
export const HORIZON_MS = 5 * MINUTE_MS
/** Catching up, delivery is at most so many times what the curve wants. */
export const CATCH_UP = 2
/** How quickly the yield forgets: one estimate follows spikes, one remembers when there is little to see. */
const FAST_MS = 2 * MINUTE_MS
const SLOW_MS = 6 * 60 * MINUTE_MS
/** Weights of what is believed before something is seen, in deliveries. */
const FAST_PRIOR = 20
const SLOW_PRIOR = 4
/** First guess of the yield: demand is so many times the day's quantity; on the safe side for a start. */
const FIRST_YIELD = 4
/** What is left counts as all that can still be had when it reaches this share of it: then nothing is held back. */
const OPEN_AT = 0.95

export type PaceState = {
  atMs: number
  /** The plan whose clock the sums go by. */
  dayFrom: number
  delivered: number
  passShare: number
  /** Deliveries seen, and the traffic shares × pass share that they came from; both decayed. */
  readonly fast: { seen: number; tried: number }
  readonly slow: { seen: number; tried: number }
}

export type Reading = {
  readonly nowMs: number
  readonly plan: DayPlan
  /** What the day is to bring in all, and what it has brought: impressions, clicks or nanos. */
  readonly quantity: number
  readonly delivered: number
  /** What one delivery adds to `delivered`: 1, or nanos. */
  readonly unit: number
}

export function newPace(): PaceState {
  return {
    atMs: 0,
    dayFrom: 0,
    delivered: 0,
    passShare: 0,
    fast: { seen: 0, tried: 0 },
    slow: { seen: 0, tried: 0 },
  }
}

/**
 * The share of requests to compete for until the next reading, 0…1; remembers in `state` what it has learned. 0 once
 * the quantity is reached. A reading may come at any interval and after a gap; delivery that is reported late is
 * made good, since what counts is the sum.
 */
export function pace(state: PaceState, reading: Reading): number {
  const { nowMs, plan, quantity, delivered } = reading
  const now = shareBy(plan, nowMs)
  learn(state, reading, now)
  const left = quantity - delivered
  const yieldNow = yieldOf(state, reading)
  state.passShare = left <= 0 ? 0 : passShare(reading, now, left, yieldNow)
  return state.passShare
}

function passShare(
  { nowMs, plan, quantity, delivered }: Reading,
  now: number,
  left: number,
  yieldNow: number
) {
  if (left >= OPEN_AT * yieldNow * (1 - now)) return 1
  const ahead = shareBy(plan, nowMs + HORIZON_MS) - now
  const base = quantity * ahead
  const wanted = Math.min(base + quantity * now - delivered, CATCH_UP * base)
  return wanted <= 0 ? 0 : Math.min(1, wanted / (yieldNow * ahead))
}

function learn(state: PaceState, { nowMs, plan, delivered }: Reading, now: number): void {
  const { atMs, fast, slow } = state
  if (atMs > 0 && state.dayFrom === plan.from && nowMs > atMs) {
    const seen = Math.max(0, delivered - state.delivered)
    const tried = state.passShare * Math.max(0, now - shareBy(plan, atMs))
    for (const [sums, memoryMs] of [
      [fast, FAST_MS],
      [slow, SLOW_MS],
    ] as const) {
      const kept = Math.exp((atMs - nowMs) / memoryMs)
      sums.seen = sums.seen * kept + seen
      sums.tried = sums.tried * kept + tried
    }
  }
  state.atMs = nowMs
  state.dayFrom = plan.from
  state.delivered = delivered
}

/** Gamma-Poisson posterior mean, the fast estimate with the slow one as its prior, the slow one with FIRST_YIELD. */
function yieldOf({ fast, slow }: PaceState, { quantity, unit }: Reading): number {
  const slowly = posterior(slow, SLOW_PRIOR * unit, FIRST_YIELD * quantity)
  return posterior(fast, FAST_PRIOR * unit, slowly)
}

function posterior({ seen, tried }: { seen: number; tried: number }, weight: number, prior: number): number {
  return (seen + weight) / (tried + weight / prior)
}
