/** Counts a report again from the facts as they were sent, with nothing of the product but the meaning of the codes. */
import { DEVICE_TYPES } from '#modules/context/contract'
import type { Fact } from '#modules/events/contract'
import type { DeliveryRow, Granularity, Group, Metrics } from '#modules/reporting/contract'
import type { Line } from '#tests/support/report_world'

export type Recount = Omit<Metrics, 'ctr' | 'conversionValue' | 'viewableRate' | 'spendOther'>
export type Question = {
  from: number
  to: number
  zone: string
  granularity: Granularity
  groups: readonly Group[]
  currency: string
}

const KIND_NAMES = {
  1: 'requests',
  2: 'impressions',
  3: 'viewable',
  4: 'clicks',
  5: 'measurable',
  6: 'conversions',
  7: null,
  8: null,
} as const

/** What a row is about, as text; the same for a row of a report and for a fact. */
export function rowName(row: DeliveryRow, granularity: Granularity, groups: readonly Group[]): string {
  const time = row.time === undefined ? '' : labelled(row.time, granularity)
  return JSON.stringify([time, ...groups.map((group) => row[group] ?? null)])
}

function labelled(time: string, granularity: Granularity): string {
  if (granularity === 'day') return time.slice(0, 10)
  return granularity === 'hour' ? `${time.slice(0, 13)}${time.slice(19)}` : String(Date.parse(time))
}

export function recount(
  facts: readonly Fact[],
  lines: readonly Line[],
  question: Question
): { rows: Map<string, Recount>; total: Recount } {
  const seen = new Set<string>()
  const rows = new Map<string, Recount>()
  const total = nothing(question.currency)
  const clock = wallClockOf(question.zone)
  for (const fact of facts) {
    const at = Number.parseInt(fact.id.slice(0, 8) + fact.id.slice(9, 13), 16)
    const identity = `${fact.id} ${fact.kind}`
    const reason = seen.has(identity) ? 'duplicate' : fact.filter
    seen.add(identity)
    if (at < question.from || at >= question.to) continue
    const name = JSON.stringify([
      timeOf(at, clock, question.granularity),
      ...question.groups.map((group) => keyOf(fact, group, lines)),
    ])
    const row = rows.get(name) ?? nothing(question.currency)
    rows.set(name, row)
    for (const counted of [row, total]) count(counted, fact, reason)
  }
  return { rows, total }
}

function timeOf(at: number, clock: (at: number) => Record<string, string>, granularity: Granularity): string {
  if (granularity === 'total') return ''
  if (granularity === '15min') return String(at - (at % 900_000))
  const { year, month, day, hour, timeZoneName } = clock(at)
  const offset = timeZoneName === 'GMT' ? '+00:00' : timeZoneName!.slice(3)
  return granularity === 'day' ? `${year}-${month}-${day}` : `${year}-${month}-${day}T${hour}${offset}`
}

function wallClockOf(timeZone: string): (at: number) => Record<string, string> {
  const digits = '2-digit'
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: digits,
    day: digits,
    hour: digits,
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  return (at) => Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
}

function keyOf(fact: Fact, group: Group, lines: readonly Line[]): string | null {
  switch (group) {
    case 'campaign':
      return lines.find(({ id }) => id === fact.lineItemId)?.campaignId ?? null
    case 'line_item':
      return fact.lineItemId
    case 'creative':
      return fact.creativeId
    case 'placement':
      return fact.placementId
    case 'country':
      return fact.country
    case 'device':
      return fact.device === null ? null : DEVICE_TYPES[fact.device]!
  }
}

function nothing(currency: string): Recount {
  return {
    requests: 0,
    impressions: 0,
    viewable: 0,
    clicks: 0,
    measurable: 0,
    conversions: 0,
    spend: { amount: '0.000000000', currency },
    gross: { impressions: 0, viewable: 0, clicks: 0, measurable: 0 },
    filtered: {},
    filteredByKind: {
      requests: {},
      impressions: {},
      viewable: {},
      clicks: {},
      measurable: {},
      conversions: {},
    },
  }
}

function count(row: Recount, fact: Fact, reason: string | null): void {
  const name = KIND_NAMES[fact.kind]
  if (name === null) return
  if (name === 'requests') row.requests += 1
  else if (name !== 'conversions') row.gross[name] += 1
  if (reason !== null) {
    row.filteredByKind[name][reason] = (row.filteredByKind[name][reason] ?? 0) + 1
    if (name !== 'requests' && name !== 'conversions') row.filtered[reason] = (row.filtered[reason] ?? 0) + 1
    return
  }
  if (name !== 'requests') row[name] += 1
  const billed = (fact.charge === 1 && fact.kind === 2) || (fact.charge === 2 && fact.kind === 4)
  if (billed) row.spend.amount = plus(row.spend.amount, fact.price)
}

/** Decimal with nine places plus whole nanos, digit by digit through text. */
function plus(amount: string, nanos: number): string {
  const digits = String(BigInt(amount.replace('.', '')) + BigInt(nanos)).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}
