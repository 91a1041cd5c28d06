/**
 * Which line items run at an instant: start, end and dayparts in their campaign's zone, as one bitset that holds
 * for an interval [from, until). Within the interval a decision costs two comparisons; leaving it (once per
 * quarter of an hour of the zones in use, and at starts and ends) costs about 3 ns per line item. A pure function of the instant:
 * it may move in both directions.
 *
 * Local time is UTC plus the zone's offset of that instant, so an hour that a clock change repeats counts twice and one
 * that it skips never comes; zones off the full hour (Asia/Kolkata, Australia/Lord_Howe) change at their own minute.
 */
import { setBit } from '#modules/matching/hot/bits'
import type { ZoneHour } from '#modules/matching/hot/zone_hour'

export const QUARTERS_PER_WEEK = 672
/** Group of line items without dayparts. */
export const ALWAYS = 0

export type Schedule = {
  readonly lineCount: number
  readonly startsAt: Float64Array
  readonly endsAt: Float64Array
  /** Distinct starts and ends, ascending. */
  readonly edges: Float64Array
  /** Group of equal (zone, dayparts) of each line item; ALWAYS when it has none. */
  readonly groupOf: Uint32Array
  /** Distinct zones that have dayparts, and by group: its zone and the 672 quarters of its week, 1 = runs. Group 0 is unused. */
  readonly zones: readonly ZoneHour[]
  readonly zoneOfGroup: Uint32Array
  readonly quarters: Uint8Array
  /** Valid in [interval[0], interval[1]): whether each group runs, and the line items that run. */
  readonly interval: Float64Array
  readonly groupRuns: Uint8Array
  readonly running: Int32Array
}

/** True when `running` already holds at `nowMs`. */
export function holdsAt(schedule: Schedule, nowMs: number): boolean {
  return nowMs >= schedule.interval[0] && nowMs < schedule.interval[1]
}

/** Computes `running` for `nowMs` and the interval in which it holds. */
export function advanceTo(schedule: Schedule, nowMs: number): void {
  const { edges, interval, zones, groupRuns, zoneOfGroup, quarters, running } = schedule
  const next = firstAbove(edges, nowMs)
  interval[0] = next === 0 ? -Infinity : edges[next - 1]
  interval[1] = next === edges.length ? Infinity : edges[next]
  for (let zone = 0; zone < zones.length; zone++) {
    const clock = zones[zone]
    clock.moveTo(nowMs)
    if (clock.fromMs > interval[0]) interval[0] = clock.fromMs
    if (clock.untilMs < interval[1]) interval[1] = clock.untilMs
  }
  groupRuns[ALWAYS] = 1
  for (let group = 1; group < groupRuns.length; group++) {
    groupRuns[group] = quarters[group * QUARTERS_PER_WEEK + zones[zoneOfGroup[group]].slotOfWeek]
  }
  running.fill(0)
  const { startsAt, endsAt, groupOf } = schedule
  for (let line = 0; line < schedule.lineCount; line++) {
    if (nowMs >= startsAt[line] && nowMs < endsAt[line] && groupRuns[groupOf[line]] === 1) {
      setBit(running, line)
    }
  }
}

/** Position of the first entry above `value`; the length when there is none. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}
