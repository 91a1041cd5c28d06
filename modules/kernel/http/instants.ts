import type { EpochMs } from '#modules/kernel/time'

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/
const MINUTE_MS = 60_000

/** Milliseconds of midnight UTC of an ISO day; null when there is no such day. Years 1970 to 9999. */
export function isoDayMs(day: string): number | null {
  const match = DAY.exec(day)
  if (!match) return null
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1970) return null
  const at = Date.UTC(year, month - 1, date)
  return new Date(at).toISOString().slice(0, 10) === day ? at : null
}

/**
 * Reads an RFC 3339 instant. Null when it is not one, has no offset, or names a day or time that does not exist
 * (2026-02-30, 24:00:00, a leap second). Finer than a millisecond is cut.
 * @source RFC 3339 §5.6
 */
export function readInstant(text: string): EpochMs | null {
  const match = INSTANT.exec(text)
  if (!match) return null
  const [, day, hours, minutes, seconds, fraction = '', zulu, sign, offsetHours, offsetMinutes] = match
  const midnight = isoDayMs(day!)
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)]
  if (midnight === null || hour > 23 || minute > 59 || second > 59) return null
  const local =
    midnight + (hour * 60 + minute) * MINUTE_MS + second * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
  if (zulu) return local as EpochMs
  const [aheadHours, aheadMinutes] = [Number(offsetHours), Number(offsetMinutes)]
  if (aheadHours > 23 || aheadMinutes > 59) return null
  const ahead = (aheadHours * 60 + aheadMinutes) * MINUTE_MS
  return (local - (sign === '-' ? -ahead : ahead)) as EpochMs
}

/** RFC 3339 in UTC with milliseconds, as every answer of the API writes times. Null stays null. */
export function instantJson<At extends number | null>(at: At): At extends null ? null : string {
  return (at === null ? null : new Date(at).toISOString()) as At extends null ? null : string
}
