/**
 * When requests come in the course of a day, learned from those of the past days. A curve belongs to a group of
 * placements and a time zone, and weighs the 96 quarters of a wall clock's day.
 */
import { dayAt, startOfDay, wallClock } from '#modules/kernel/calendar'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'

export const SLOTS = DAY_MS / QUARTER_MS
/** Past that a curve is learned from: a week, so that each weekday counts once. */
export const LEARN_MS = 7 * DAY_MS
/** The first guess, a flat day, weighs as much as so many days of observation. */
const PRIOR_DAYS = 0.25

/** The shortest day that there is: 23 hours. */
const WHOLE_DAY_MS = DAY_MS - 4 * QUARTER_MS

/** Requests expected in each quarter of the wall clock's day; all above 0. Flat, 1 each, when nothing is known. */
export type TrafficCurve = Float64Array

/**
 * Mean requests of each quarter over the days for which it was observed, shrunk towards the mean of all quarters by
 * PRIOR_DAYS (the usual empirical-Bayes mean of a rate). The running day does not count: a day that is busier or
 * quieter than those before would bend the curve at the present hour. Only while there is no day before it does it count;
 * the quarters to come then have only the mean, so that a cold start is flat and takes shape as the day goes on.
 *
 * @param counts requests by start of a quarter (epoch ms); a quarter without requests may be absent
 * @param nowMs  only quarters that are over, and at most LEARN_MS old, count
 */
export function learnCurve(counts: ReadonlyMap<number, number>, zone: string, nowMs: number): TrafficCurve {
  const quarter = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS
  const today = startOfDay(dayAt(nowMs, zone), zone)
  const oldest = today - LEARN_MS
  let first = quarter
  for (const at of counts.keys()) if (at >= oldest && at < first) first = at
  const end = first <= today - WHOLE_DAY_MS ? today : quarter
  const curve = new Float64Array(SLOTS).fill(1)
  if (first >= end) return curve
  const sums = new Float64Array(SLOTS)
  const seen = new Float64Array(SLOTS)
  let total = 0
  for (let at = first; at < end; at += QUARTER_MS) {
    const slot = slotOf(at, zone)
    const count = counts.get(at) ?? 0
    sums[slot] += count
    seen[slot] += 1
    total += count
  }
  const mean = total / ((end - first) / QUARTER_MS)
  if (mean === 0) return curve
  for (let slot = 0; slot < SLOTS; slot++) {
    curve[slot] = (sums[slot] + PRIOR_DAYS * mean) / (seen[slot] + PRIOR_DAYS)
  }
  return curve
}

/** The quarter of the wall clock's day that an instant lies in, 0…95. */
export function slotOf(at: number, zone: string): number {
  const wall = wallClock(at, zone)
  return Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / QUARTER_MS)
}

/** From when to when a day is to be paced, and how much of its traffic has come by an instant. */
export type DayPlan = {
  readonly from: number
  readonly to: number
  /** Sums of weight up to each quarter since `from`; the last is the weight of the day. */
  readonly sums: Float64Array
}

/** Whether delivery may happen in the quarter that starts at an instant; dayparts, say. */
export type Open = (at: number) => boolean

/**
 * The running day of a zone, cut to [startsAt, endsAt). It is walked in real quarters: a day of 23 hours lacks four
 * of them, one of 25 has four twice.
 */
export function planDay(
  curve: TrafficCurve,
  zone: string,
  nowMs: number,
  term: { startsAt: number; endsAt: number | null },
  open: Open = () => true
): DayPlan {
  const day = dayAt(nowMs, zone)
  const from = Math.max(startOfDay(day, zone), term.startsAt)
  const to = Math.min(startOfDay(day + DAY_MS, zone), term.endsAt ?? Infinity)
  return { from, to, sums: sumsOf(curve, zone, from, to, open) }
}

function sumsOf(curve: TrafficCurve, zone: string, from: number, to: number, open: Open): Float64Array {
  const count = Math.max(0, Math.ceil((to - from) / QUARTER_MS))
  const sums = new Float64Array(count + 1)
  for (let at = 0; at < count; at++) {
    const start = from + at * QUARTER_MS
    const part = Math.min(1, (to - start) / QUARTER_MS)
    sums[at + 1] = sums[at] + (open(start) ? curve[slotOf(start, zone)] * part : 0)
  }
  return sums
}

/** Share of the day's traffic expected by an instant, 0…1; linear within a quarter. 1 when the day has no weight. */
export function shareBy({ from, to, sums }: DayPlan, at: number): number {
  const whole = sums[sums.length - 1]
  if (at >= to || whole === 0) return 1
  if (at <= from) return 0
  const slot = Math.floor((at - from) / QUARTER_MS)
  const end = Math.min(to, from + (slot + 1) * QUARTER_MS)
  const part = (at - from - slot * QUARTER_MS) / (end - from - slot * QUARTER_MS)
  return (sums[slot] + (sums[slot + 1] - sums[slot]) * part) / whole
}

/** Weight of a plan's day in the unit of its curve. */
export const weightOf = ({ sums }: DayPlan): number => sums[sums.length - 1]

const WEEK_MS = 7 * DAY_MS

/** Weight of a time that starts at a midnight of the zone; whole weeks are taken to be alike. 0 when it is empty. */
export function weightBetween(
  curve: TrafficCurve,
  zone: string,
  from: number,
  to: number,
  open: Open = () => true
): number {
  const sum = (start: number, end: number) => sumsOf(curve, zone, start, end, open).at(-1) ?? 0
  const weeks = Math.max(0, Math.floor((to - from) / WEEK_MS))
  const rest = sum(from + weeks * WEEK_MS, to)
  return weeks === 0 ? rest : weeks * sum(from, from + WEEK_MS) + rest
}
