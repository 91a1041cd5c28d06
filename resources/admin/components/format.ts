/** Words and numbers as people read them. Money arrives as a decimal string and leaves rounded half to even. */
export type Money = { amount: string; currency: string }

/** Rounds a decimal string to the currency's minor unit, half to even, without a float in between. */
export function roundDecimal(amount: string, digits: number): string {
  const negative = amount.startsWith('-')
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const scaled = BigInt(whole + fraction.padEnd(9, '0').slice(0, 9))
  const unit = 10n ** BigInt(9 - digits)
  const rest = scaled % unit
  let rounded = scaled / unit
  if (rest * 2n > unit || (rest * 2n === unit && rounded % 2n === 1n)) rounded += 1n
  const text = rounded.toString().padStart(digits + 1, '0')
  const value = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return negative && rounded !== 0n ? `-${value}` : value
}

export function formatMoney(money: Money): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency: money.currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(roundDecimal(money.amount, digits) as `${number}`)
}

export const formatCount = (count: number) => new Intl.NumberFormat('en-GB').format(count)

/** 0.01234 → `1.23%`; nothing shown yet → `–`. */
export function formatRate(part: number, whole: number): string {
  return whole === 0
    ? '–'
    : new Intl.NumberFormat('en-GB', {
        style: 'percent',
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
      }).format(part / whole)
}

export function formatDateTime(at: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)
}

export function formatTime(at: number, zone: string, seconds = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: seconds ? '2-digit' : undefined,
  }).format(at)
}

/** `+12% on yesterday`, or words where there is nothing to compare with. */
export function formatChange(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'none yesterday by this time either' : 'none yesterday by this time'
  const change = Math.round(((now - before) / before) * 100)
  return `${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)}% on yesterday by this time`
}

const isMidnight = (at: number, zone: string) => formatTime(at, zone) === '00:00'

/** A running time as people say it: whole days without hours, the end day included; `from … on` when it is open. */
export function formatTerm(startsAt: number, endsAt: number | null, zone: string): string {
  const days = isMidnight(startsAt, zone) && (endsAt === null || isMidnight(endsAt, zone))
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const from = days ? day.format(startsAt) : formatDateTime(startsAt, zone)
  if (endsAt === null) return `from ${from} on`
  return days ? day.formatRange(startsAt, endsAt - 1) : `${from} – ${formatDateTime(endsAt, zone)}`
}
