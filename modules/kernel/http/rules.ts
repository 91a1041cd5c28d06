/** Shared VineJS types of the management API. Each reads its JSON form into the domain's type and says what it expected. */
import type { Id } from '#modules/kernel/ids'
import { isUuid } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import { isoDayMs, readInstant } from '#modules/kernel/http/instants'

export { moneyJson, priceJson } from '#modules/kernel/http/money_rules'

export const NAME_LENGTH = 200
export const TEXT_LENGTH = 10_000
export const URL_LENGTH = 2048

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
/** Marks that turn the direction of what follows: they make a name read as something else. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/
const ZONES = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])

function lengthOf(value: string): number {
  return [...value].length
}

/** A canonical id. Whether it exists is the caller's question; upper case is accepted and lowered. */
export function uuidId<Kind extends string>() {
  return parsed<string, Id<Kind>>('id', { type: 'string', format: 'uuid' }, (value): Reading<Id<Kind>> => {
    const id = typeof value === 'string' ? value.toLowerCase() : value
    return isUuid(id)
      ? { value: id as Id<Kind> }
      : { expected: 'an id: a UUID such as "01936f3e-8f2a-7c44-9a51-0f6f3c1d2e4b"' }
  })
}

/** A human name: trimmed, NFC, 1 to `most` characters, on one line, without control or direction-turning characters. */
export function name(most = NAME_LENGTH) {
  return parsed<string, string>('name', { type: 'string', minLength: 1, maxLength: most }, (value) => {
    const expected = `text of 1 to ${most} characters on one line, without control characters`
    if (typeof value !== 'string' || value.length > most * 8) return { expected }
    const line = value.normalize('NFC').trim()
    if (
      line === '' ||
      lengthOf(line) > most ||
      CONTROL.test(line) ||
      DIRECTION.test(line) ||
      !line.isWellFormed()
    ) {
      return { expected }
    }
    return { value: line }
  })
}

/** Free text: NFC, at most `most` characters, line breaks allowed; may be empty. */
export function text(most = TEXT_LENGTH) {
  return parsed<string, string>('text', { type: 'string', maxLength: most }, (value) => {
    const expected = `text of at most ${most} characters without control characters`
    if (typeof value !== 'string' || value.length > most * 8) return { expected }
    const normal = value.normalize('NFC')
    return lengthOf(normal) > most || CONTROL_BUT_LINES.test(normal) || !normal.isWellFormed()
      ? { expected }
      : { value: normal }
  })
}

/** A time zone by its IANA name, written as the IANA database writes it. Offsets such as `+02:00` are refused. */
export function ianaZone() {
  return parsed<string, string>('time_zone', { type: 'string', examples: ['Europe/Berlin'] }, (value) =>
    typeof value === 'string' && isZone(value)
      ? { value }
      : { expected: 'an IANA time zone such as "Europe/Berlin"' }
  )
}

/** True for names that Intl lists, and for their older names (`Asia/Calcutta`) that it still resolves. */
function isZone(value: string): boolean {
  if (ZONES.has(value)) return true
  if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+){1,5}$/.test(value) || value.length > 64) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** An absolute http or https URL in its normal form, at most 2048 characters, without user name or password. */
export function httpUrl() {
  return parsed<string, string>(
    'http_url',
    { type: 'string', format: 'uri', maxLength: URL_LENGTH },
    (value) => {
      const expected = `an absolute http or https URL of at most ${URL_LENGTH} characters without user name or password`
      if (typeof value !== 'string' || value.length > URL_LENGTH || CONTROL.test(value)) return { expected }
      const url = URL.parse(value.trim())
      if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return { expected }
      if (url.username !== '' || url.password !== '' || url.href.length > URL_LENGTH) return { expected }
      return { value: url.href }
    }
  )
}

/** An RFC 3339 instant with its offset → milliseconds since 1970. Days that do not exist are refused. */
export function instant() {
  return parsed<string, EpochMs>(
    'instant',
    { type: 'string', format: 'date-time' },
    (value): Reading<EpochMs> => {
      const at = typeof value === 'string' ? readInstant(value) : null
      return at === null
        ? { expected: 'an RFC 3339 time that exists, with its offset, such as "2026-11-21T09:30:00+01:00"' }
        : { value: at }
    }
  )
}

/** A calendar day, `2026-11-21`, that exists; stays text, for its zone is the caller's. */
export function isoDay() {
  return parsed<string, string>('day', { type: 'string', format: 'date' }, (value) =>
    typeof value === 'string' && isoDayMs(value) !== null
      ? { value }
      : { expected: 'a day that exists, such as "2026-11-21"' }
  )
}
