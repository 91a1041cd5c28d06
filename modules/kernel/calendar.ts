import { IANAZone } from 'luxon'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'

/** How time is cut: by quarter hour, by hour or day of a zone's wall clock, or not at all. */
export type Cut = '15min' | 'hour' | 'day' | 'total'

const MINUTE_MS = 60_000
/** No zone is further than this from UTC; added to both sides of a midnight it encloses every change of clocks near it. */
const SEARCH_MS = 26 * 3_600_000
const SLOTS_PER_HOUR = 4
/** Short enough that no zone has changed its clocks twice within one. */
const STRETCH_MS = 12 * 3_600_000
/** Ten years of one zone, 1 MB. */
const MOST_OFFSETS = 10_000
const offsets = new Map<string, number>()

/** True for a name of the IANA database (`Europe/Berlin`, `UTC`); offsets such as `+01:00` are no zones. */
export function isZone(name: string): boolean {
  return name.length <= 64 && /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)
}

/**
 * Minutes that a zone is ahead of UTC. Asking Intl costs 16 µs and a report asks for thousands of instants, so it is asked
 * at the ends of stretches of some hours; in between only where the two differ.
 */
function offsetOf(at: number, zone: string): number {
  const stretch = Math.floor(at / STRETCH_MS)
  const before = offsetAtStretch(stretch, zone)
  return before === offsetAtStretch(stretch + 1, zone) ? before : IANAZone.create(zone).offset(at)
}

function offsetAtStretch(stretch: number, zone: string): number {
  const name = `${zone} ${stretch}`
  const known = offsets.get(name)
  if (known !== undefined) return known
  const offset = IANAZone.create(zone).offset(stretch * STRETCH_MS)
  if (offsets.size >= MOST_OFFSETS) offsets.clear()
  offsets.set(name, offset)
  return offset
}

/** Wall clock of a zone at an instant, as milliseconds since 1970 as if the zone were UTC. */
export function wallClock(at: number, zone: string): number {
  return at + offsetOf(at, zone) * MINUTE_MS
}

/** Midnight UTC of the calendar day that the zone's wall clock shows at an instant. */
export function dayAt(at: number, zone: string): number {
  return Math.floor(wallClock(at, zone) / DAY_MS) * DAY_MS
}

/**
 * The first instant of a calendar day in a zone, a multiple of 15 minutes. Where clocks skip midnight the day begins
 * after the gap; where midnight comes twice it begins at the first; a day that a zone skipped begins and ends at once.
 *
 * @param day midnight UTC of the calendar day
 */
export function startOfDay(day: number, zone: string): number {
  const before = offsetOf(day - SEARCH_MS, zone)
  if (before === offsetOf(day + SEARCH_MS, zone)) return day - before * MINUTE_MS
  let low = (day - SEARCH_MS) / QUARTER_MS
  let high = (day + SEARCH_MS) / QUARTER_MS
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (wallClock(middle * QUARTER_MS, zone) >= day) high = middle
    else low = middle + 1
  }
  return low * QUARTER_MS
}

/**
 * Starts of the time slots that cover `from` to `to`, ascending; the first may lie before `from`. Slots are cut by
 * the wall clock: a day has 23 or 25 hours when clocks change, and an hour that comes twice is two hours.
 *
 * @param from multiple of 15 minutes
 * @param to   multiple of 15 minutes, after `from`
 */
export function slotsOf(cut: Cut, from: number, to: number, zone: string): number[] {
  switch (cut) {
    case 'total':
      return [from]
    case '15min':
      return Array.from({ length: (to - from) / QUARTER_MS }, (_, index) => from + index * QUARTER_MS)
    case 'hour':
      return hours(from, to, zone)
    case 'day':
      return days(from, to, zone)
  }
}

function hours(from: number, to: number, zone: string): number[] {
  let first = from
  for (let back = 1; back < SLOTS_PER_HOUR && !beginsHour(first, zone); back++) first -= QUARTER_MS
  const starts = [first]
  for (let at = first + QUARTER_MS; at < to; at += QUARTER_MS) {
    if (beginsHour(at, zone)) starts.push(at)
  }
  return starts
}

/** On the hour of the wall clock, or where the clock jumps (by half an hour on Lord Howe Island). */
function beginsHour(at: number, zone: string): boolean {
  const wall = wallClock(at, zone)
  return (wall / QUARTER_MS) % SLOTS_PER_HOUR === 0 || wall - wallClock(at - QUARTER_MS, zone) !== QUARTER_MS
}

function days(from: number, to: number, zone: string): number[] {
  const starts: number[] = []
  for (let day = dayAt(from, zone); ; day += DAY_MS) {
    const start = startOfDay(day, zone)
    if (start >= to) return starts
    if (starts.at(-1) !== start) starts.push(start)
  }
}

/** RFC 3339 with the zone's offset and without fractions: `2026-11-21T00:00:00+01:00`; `Z` never. */
export function localTime(at: number, zone: string): string {
  const minutes = offsetOf(at, zone)
  const size = Math.abs(minutes)
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
  return `${new Date(at + minutes * MINUTE_MS).toISOString().slice(0, 19)}${offset}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
