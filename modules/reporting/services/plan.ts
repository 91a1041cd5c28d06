import { isUuid } from '#modules/kernel/ids'
import { err, ok, type Result } from '#modules/kernel/result'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'
import { isoDayMs, readInstant } from '#modules/kernel/http/instants'
import {
  FILTERS,
  GRANULARITIES,
  GROUPS,
  type DeliveryQuery,
  type Filter,
  type Granularity,
  type Group,
  type ReportFailure,
} from '#modules/reporting/contract'
import { isZone, slotsOf, startOfDay } from '#modules/kernel/calendar'

/** Longest range by granularity, in days: what one answer can hold and one query reads in a second or so. */
export const MAX_DAYS: Record<Granularity, number> = { '15min': 31, hour: 186, day: 1_100, total: 3_660 }
/** Ids that one filter may name; two such filters still fit into the head of a request. */
export const MAX_FILTER_IDS = 200
/** Offsets of all zones have been multiples of 15 minutes since then. */
const EARLIEST = Date.UTC(2000, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)

/** A checked query: whole quarter hours, distinct groups, well-formed ids. */
export type Plan = {
  readonly from: number
  readonly to: number
  readonly zone: string
  readonly granularity: Granularity
  readonly groups: readonly Group[]
  readonly filter: Readonly<Record<Filter, readonly string[]>>
  /** Starts of the time slots; `time` of a row is one of them. */
  readonly slots: readonly number[]
}

type Failed = { ok: false; error: ReportFailure }

/**
 * Checks a query. Days are calendar days of the zone, both inclusive. Instants are widened to whole quarter hours: the
 * start down, the end up, because that is how delivery is kept.
 */
export function planOf(query: DeliveryQuery, defaultZone: string): Result<Plan, ReportFailure> {
  const zone = query.zone ?? defaultZone
  if (!isZone(zone)) return invalid('zone', 'is not a time zone of the IANA database, such as Europe/Berlin')
  const granularity = query.granularity ?? 'day'
  if (!GRANULARITIES.includes(granularity)) {
    return invalid('granularity', `is not one of ${GRANULARITIES.join(', ')}`)
  }
  const groups = [...new Set(query.group ?? [])]
  const strange = groups.find((group) => !GROUPS.includes(group))
  if (strange !== undefined) return invalid('group', `can hold ${GROUPS.join(', ')} and nothing else`)
  const filter = filterOf(query.filter ?? {})
  if (!filter.ok) return filter
  const range = rangeOf(query, zone, granularity)
  if (!range.ok) return range
  const { from, to } = range.value
  return ok({
    from,
    to,
    zone,
    granularity,
    groups,
    filter: filter.value,
    slots: slotsOf(granularity, from, to, zone),
  })
}

function rangeOf(
  query: DeliveryQuery,
  zone: string,
  granularity: Granularity
): Result<{ from: number; to: number }, ReportFailure> {
  const from = edge('from', query.from, zone)
  if (!from.ok) return from
  const to = edge('to', query.to, zone)
  if (!to.ok) return to
  if (from.value >= to.value) return invalid('to', 'is not after from')
  if (to.value - from.value > (MAX_DAYS[granularity] + 1) * DAY_MS) {
    return invalid(
      'to',
      `is too far from from: ${granularity} reaches over ${MAX_DAYS[granularity]} days at most`
    )
  }
  return ok({ from: from.value, to: to.value })
}

/** The instant of one end: a day's first instant or, for `to`, its last; or an instant widened to a quarter hour. */
function edge(field: 'from' | 'to', text: string, zone: string): Result<number, ReportFailure> {
  const day = isoDayMs(text)
  const instant = readInstant(text)
  if (day === null && instant === null) {
    return invalid(
      field,
      'is not a day such as 2026-11-21 nor an RFC 3339 instant such as 2026-11-21T09:00:00Z'
    )
  }
  const around = day ?? instant!
  if (around < EARLIEST || around >= LATEST) return invalid(field, 'lies outside of the years 2000 to 2199')
  if (day !== null) return ok(startOfDay(field === 'from' ? day : day + DAY_MS, zone))
  const slots = instant! / QUARTER_MS
  return ok((field === 'from' ? Math.floor(slots) : Math.ceil(slots)) * QUARTER_MS)
}

function filterOf(filter: NonNullable<DeliveryQuery['filter']>): Result<Plan['filter'], ReportFailure> {
  const checked: Record<Filter, readonly string[]> = { campaign: [], line_item: [], placement: [] }
  for (const name of FILTERS) {
    const ids = [...new Set(filter[name] ?? [])]
    if (ids.some((id) => !isUuid(id))) return invalid(name, 'holds something that is not an id')
    if (ids.length > MAX_FILTER_IDS) return invalid(name, `holds more than ${MAX_FILTER_IDS} ids`)
    checked[name] = ids
  }
  return ok(checked)
}

function invalid(field: string, detail: string): Failed {
  return err({ type: 'invalid', field, detail })
}
