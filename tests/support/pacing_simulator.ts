/**
 * Days of traffic in fast motion, for pacing: requests come as a Poisson process along a shape, a share of them is
 * passed, every delivery is reported with the lag that settlement has, and the controller is asked once a second. Time
 * is a number, nothing sleeps; the same seed gives the same day.
 */
import { SeededRandom } from '#modules/kernel/random'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'
import { newPace, pace } from '#modules/billing/services/pacing/pace'
import {
  learnCurve,
  planDay,
  shareBy,
  type DayPlan,
  type TrafficCurve,
} from '#modules/billing/services/pacing/traffic_curve'
import { dayAt, startOfDay } from '#modules/kernel/calendar'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** From an ad to the refresh that knows of it, without the second of the refresh itself. */
const SETTLEMENT_LAG_S = 2
const DRAWS = 2 ** 32

export type Shape = (at: number) => number
export type SimulatedDay = {
  readonly seed: number
  readonly zone: string
  /** Some instant of the day. */
  readonly at: number
  readonly quantity: number
  /** Eligible requests of the day ÷ quantity. */
  readonly demand: number
  /** Relative traffic as it comes, and as the days before had it; null = nothing is known. */
  readonly shape: Shape
  readonly history: Shape | null
  /** Volume of the days before ÷ that of the day. */
  readonly historyLevel?: number
  readonly paced?: boolean
}
export type DayResult = {
  readonly delivered: number
  readonly requests: number
  /** Largest distance of what an hour after warm-up delivered from what the curve wanted of it, as a share of the latter. */
  readonly worstHour: number
  /** The same of the sums since the day began. */
  readonly worstSum: number
  /** Share of the day that was over when the quantity was reached; 1 = it lasted. */
  readonly exhaustedAt: number
  readonly hours: number
}

/** @param warmUpHours hours whose distance from the curve does not count */
export function simulateDay(day: SimulatedDay, warmUpHours = 2): DayResult {
  const { zone, at, quantity } = day
  const from = startOfDay(dayAt(at, zone), zone)
  const to = startOfDay(dayAt(at, zone) + DAY_MS, zone)
  const traffic = new Traffic(day, from, to)
  const state = newPace()
  const known = new Array<number>(SETTLEMENT_LAG_S).fill(0)
  let plan = planOf(traffic.curveAt(from), zone, from)
  let delivered = 0
  let [worstHour, worstSum, hourBegan] = [0, 0, 0]
  let exhaustedAt = 1
  for (let now = from; now < to; now += SECOND_MS) {
    if ((now - from) % QUARTER_MS === 0) plan = planOf(traffic.curveAt(now), zone, now)
    const elapsed = now - from
    if (elapsed % HOUR_MS === 0) {
      const target = shareBy(plan, now) * quantity
      const ofHour = target - shareBy(plan, now - HOUR_MS) * quantity
      if (elapsed > warmUpHours * HOUR_MS) {
        worstSum = Math.max(worstSum, Math.abs(delivered - target) / target)
        worstHour = Math.max(worstHour, Math.abs(delivered - hourBegan - ofHour) / ofHour)
      }
      hourBegan = delivered
    }
    const reported = known.shift() ?? 0
    const passShare =
      day.paced === false
        ? Number(reported < quantity)
        : pace(state, { nowMs: now, plan, quantity, delivered: reported, unit: 1 })
    delivered += traffic.passed(now, passShare)
    known.push(delivered)
    if (delivered >= quantity && exhaustedAt === 1) exhaustedAt = (now - from) / (to - from)
  }
  const hours = (to - from) / HOUR_MS
  return { delivered, requests: traffic.requests, worstHour, worstSum, exhaustedAt, hours }
}

function planOf(curve: TrafficCurve, zone: string, now: number): DayPlan {
  return planDay(curve, zone, now, { startsAt: 0, endsAt: null })
}

/** Requests of a day as they come, and what a consumer of facts has counted of them by quarter. */
class Traffic {
  requests = 0
  readonly #random: SeededRandom
  readonly #counts = new Map<number, number>()
  readonly #perWeight: number
  /** Requests expected of a second; shapes are looked at once a minute. */
  #mean = 0

  constructor(
    private readonly day: SimulatedDay,
    from: number,
    to: number
  ) {
    this.#random = new SeededRandom(day.seed)
    let weight = 0
    for (let at = from; at < to; at += MINUTE_MS) weight += day.shape(at) * (MINUTE_MS / SECOND_MS)
    this.#perWeight = (day.quantity * day.demand) / weight
    const { history, historyLevel = 1 } = day
    for (let at = from - 7 * DAY_MS; history !== null && at < from; at += QUARTER_MS) {
      const mean = history(at) * this.#perWeight * historyLevel * (QUARTER_MS / SECOND_MS)
      this.#counts.set(at, this.#poisson(mean))
    }
  }

  curveAt(now: number): TrafficCurve {
    return learnCurve(this.#counts, this.day.zone, now)
  }

  /** Requests of the second that starts at `at` that a pass share lets through. */
  passed(at: number, passShare: number): number {
    if (at % MINUTE_MS === 0) this.#mean = this.day.shape(at) * this.#perWeight
    const came = this.#poisson(this.#mean)
    const quarter = at - (at % QUARTER_MS)
    this.#counts.set(quarter, (this.#counts.get(quarter) ?? 0) + came)
    this.requests += came
    let passed = 0
    for (let request = 0; request < came; request++) {
      if (this.#random.uint32() < passShare * DRAWS) passed++
    }
    return passed
  }

  /** @source Knuth, The Art of Computer Programming 2, 3.4.1; large means by the normal that they tend to */
  #poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    const least = Math.exp(-mean)
    let product = this.#uniform()
    let count = 0
    while (product > least) {
      product *= this.#uniform()
      count++
    }
    return count
  }

  /** @source Box and Muller 1958 */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#uniform())) * Math.cos(2 * Math.PI * this.#uniform())
  }

  #uniform(): number {
    return this.#random.uint32() / DRAWS
  }
}
