/** Hour, or quarter of an hour, of the week on a zone's wall clock, and the interval in which it stays the same. */

const HOUR_MS = 3_600_000
export const QUARTER_MS = 900_000
const DAY_MS = 86_400_000
/** 1970-01-01 was a Thursday: three days after the Monday at which a week begins. */
const EPOCH_WEEKDAY = 3

export class ZoneHour {
  readonly #format: Intl.DateTimeFormat
  /** Of hours 0 = Monday 00:00–01:00 … 167 = Sunday 23:00–24:00, local time; holds in [fromMs, untilMs). */
  slotOfWeek = 0
  fromMs = 0
  untilMs = 0

  /**
   * @param slotMs an hour or a part of it that divides it
   * @throws RangeError when the zone is not one that the runtime knows
   */
  constructor(
    readonly zone: string,
    private readonly slotMs = HOUR_MS
  ) {
    this.#format = formatOf(zone)
  }

  get hourOfWeek(): number {
    return Math.floor((this.slotOfWeek * this.slotMs) / HOUR_MS)
  }

  /** Moves to the slot that holds `nowMs`; nothing to do while it stays within the interval. */
  moveTo(nowMs: number): void {
    if (nowMs >= this.fromMs && nowMs < this.untilMs) return
    const offsetMs = this.offsetMs(nowMs)
    const localMs = nowMs + offsetMs
    const slots = DAY_MS / this.slotMs
    const slot = Math.floor(localMs / this.slotMs)
    const slotStart = slot * this.slotMs - offsetMs
    const slotEnd = slotStart + this.slotMs
    const weekday = (((Math.floor(localMs / DAY_MS) + EPOCH_WEEKDAY) % 7) + 7) % 7
    this.slotOfWeek = weekday * slots + (((slot % slots) + slots) % slots)
    this.fromMs =
      this.offsetMs(slotStart) === offsetMs ? slotStart : this.#firstWith(offsetMs, slotStart, nowMs)
    this.untilMs =
      this.offsetMs(slotEnd - 1) === offsetMs ? slotEnd : this.#firstWithout(offsetMs, nowMs, slotEnd - 1)
  }

  /** What the zone's clock is ahead of UTC at an instant, in milliseconds. */
  offsetMs(atMs: number): number {
    const second = Math.floor(atMs / 1000) * 1000
    const part: Record<string, number> = {}
    let beforeChrist = false
    for (const { type, value } of this.#format.formatToParts(second)) {
      if (type === 'era') beforeChrist = value !== 'AD'
      else part[type] = Number(value)
    }
    const local = new Date(0)
    local.setUTCFullYear(beforeChrist ? 1 - part.year : part.year, part.month - 1, part.day)
    local.setUTCHours(part.hour, part.minute, part.second)
    return local.getTime() - second
  }

  /** First instant of (before, until] that has the offset; `until` has it, `before` has not, and it changes once. */
  #firstWith(offsetMs: number, before: number, until: number): number {
    let low = before
    let high = until
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetMs(middle) === offsetMs) high = middle
      else low = middle
    }
    return high
  }

  /** First instant of (from, after] that has another offset; `from` has the offset, `after` has not. */
  #firstWithout(offsetMs: number, from: number, after: number): number {
    let low = from
    let high = after
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetMs(middle) === offsetMs) low = middle
      else high = middle
    }
    return high
  }
}

/** Formats by zone, for the life of the process: one takes about half a millisecond to make, and there are few zones. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}
