import { FILTER_REASONS } from '#modules/events/contract'
import type { DeliveryReport, DeliveryRow, Group, Metrics } from '#modules/reporting/contract'

/** Groups whose key is an id, which gets a column with the name beside it. */
const NAMED: ReadonlySet<Group> = new Set(['campaign', 'line_item', 'creative', 'placement'])
/** A cell that begins so is a formula to a spreadsheet. @source OWASP, CSV injection */
const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\r\n]/

/**
 * The rows of a report as CSV: a header line, CRLF, UTF-8 without a byte order mark, no line of totals. Money is a
 * decimal with the currency in a column of its own; unknown keys are empty. Text that a spreadsheet would take for a formula
 * is preceded by an apostrophe.
 *
 * @source RFC 4180
 */
export function deliveryCsv(report: DeliveryReport, groups: readonly Group[]): string {
  const timed = report.granularity !== 'total'
  const header = [
    ...(timed ? ['time'] : []),
    ...groups.flatMap(headerOf),
    ...METRIC_COLUMNS.map(([name]) => name),
  ]
  const lines = report.rows.map((row) => [
    ...(timed ? [row.time!] : []),
    ...groups.flatMap((group) => keyCells(row, group, report.names)),
    ...METRIC_COLUMNS.map(([, value]) => value(row)),
  ])
  return [header, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

/** `delivery_2026-11-01_2026-11-30.csv`: the first and the last day covered. */
export function csvFileName(report: DeliveryReport): string {
  const lastInstant = new Date(Date.parse(report.to) - 1)
  const shift = offsetMs(report.to)
  return `delivery_${report.from.slice(0, 10)}_${new Date(lastInstant.getTime() + shift).toISOString().slice(0, 10)}.csv`
}

type MetricColumn = readonly [name: string, value: (metrics: Metrics) => string]
const METRIC_COLUMNS: readonly MetricColumn[] = [
  ['requests', ({ requests }) => String(requests)],
  ['impressions', ({ impressions }) => String(impressions)],
  ['viewable', ({ viewable }) => String(viewable)],
  ['clicks', ({ clicks }) => String(clicks)],
  ['ctr', ({ ctr }) => ctr.toFixed(6)],
  ['spend', ({ spend }) => spend.amount],
  ['currency', ({ spend }) => spend.currency],
  ['gross_impressions', ({ gross }) => String(gross.impressions)],
  ['gross_viewable', ({ gross }) => String(gross.viewable)],
  ['gross_clicks', ({ gross }) => String(gross.clicks)],
  ['measurable', ({ measurable }) => String(measurable)],
  ['viewable_rate', ({ viewableRate }) => viewableRate.toFixed(6)],
  ['gross_measurable', ({ gross }) => String(gross.measurable)],
  ['conversions', ({ conversions }) => String(conversions)],
  ['conversion_value', ({ conversionValue }) => conversionValue.amount],
  ...FILTER_REASONS.map((reason): MetricColumn => [
    `filtered_${reason}`,
    ({ filtered }) => String(filtered[reason] ?? 0),
  ]),
]

function headerOf(group: Group): string[] {
  return NAMED.has(group) ? [group, `${group}_name`] : [group]
}

function keyCells(row: DeliveryRow, group: Group, names: Readonly<Record<string, string>>): string[] {
  const key = row[group] ?? ''
  if (!NAMED.has(group)) return [harmless(key)]
  return [key, harmless(names[key] ?? '')]
}

function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

function cell(text: string): string {
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Offset at the end of an RFC 3339 time such as `…+05:30`. */
function offsetMs(time: string): number {
  const [hours, minutes] = [Number(time.slice(-5, -3)), Number(time.slice(-2))]
  return (time.at(-6) === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
