import { DateTime } from 'luxon'
import { isoDayMs, readInstant } from '#modules/kernel/http/instants'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import type { EpochMs } from '#modules/kernel/time'

/** A moment as people state it: an instant, or a day of the campaign's zone. */
export type When = { readonly at: EpochMs } | { readonly day: string }

/** RFC 3339 with an offset, or a day `2026-11-21`; the zone of the campaign makes an instant of a day. */
export function when() {
  const schema = { type: 'string', examples: ['2026-11-21', '2026-11-21T09:30:00+01:00'] }
  return parsed<string, When>('when', schema, (value): Reading<When> => {
    const expected =
      'a day that exists, such as "2026-11-21", or an RFC 3339 time with its offset, such as "2026-11-21T09:30:00+01:00"'
    if (typeof value !== 'string') return { expected }
    if (isoDayMs(value) !== null) return { value: { day: value } }
    const at = readInstant(value)
    return at === null ? { expected } : { value: { at } }
  })
}

/** When something starts: a day starts with its first moment in the zone (not always 00:00: clocks change). */
export function startOf(moment: When, timeZone: string): EpochMs {
  if ('at' in moment) return moment.at
  return DateTime.fromISO(moment.day, { zone: timeZone }).startOf('day').toMillis() as EpochMs
}

/** When something is over, exclusive: a day is included whole, so it ends where the next one starts. */
export function endOf(moment: When, timeZone: string): EpochMs {
  if ('at' in moment) return moment.at
  const day = DateTime.fromISO(moment.day, { zone: timeZone })
  return day.plus({ days: 1 }).startOf('day').toMillis() as EpochMs
}
