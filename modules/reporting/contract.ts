/** Read models for people: delivery by quarter hour, cut and grouped when read. */
import type { MoneyJson } from '#modules/kernel/money'
import type { Result } from '#modules/kernel/result'
import type { Principal } from '#modules/identity/contract'

export const GROUPS = ['campaign', 'line_item', 'creative', 'placement', 'country', 'device'] as const
export type Group = (typeof GROUPS)[number]
export const GRANULARITIES = ['15min', 'hour', 'day', 'total'] as const
export type Granularity = (typeof GRANULARITIES)[number]
/** What may be narrowed to some ids. */
export const FILTERS = ['campaign', 'line_item', 'placement'] as const
export type Filter = (typeof FILTERS)[number]

export type DeliveryQuery = {
  /** Inclusive days `2026-11-21` in `zone`, or RFC 3339 instants (from inclusive, to exclusive). */
  readonly from: string
  readonly to: string
  /** IANA name; default: the organisation's zone. */
  readonly zone?: string
  /** Default `day`. */
  readonly granularity?: Granularity
  readonly group?: readonly Group[]
  /** Keep only rows of these; empty or absent = all that the principal may see. */
  readonly filter?: { readonly [Name in Filter]?: readonly string[] }
}

/** Kinds of fact as reports name them. */
export type Counted = 'requests' | 'impressions' | 'viewable' | 'clicks' | 'measurable' | 'conversions'

export type Metrics = {
  /** All ad requests, invalid ones included; `filteredByKind.requests` says how many were. */
  requests: number
  /** Valid, deduplicated, net of filters. */
  impressions: number
  viewable: number
  /** Impressions whose viewability could be measured. */
  measurable: number
  /** viewable ÷ measurable, at most 1; 0 when nothing could be measured. */
  viewableRate: number
  clicks: number
  /** Orders after an ad, each once. Filtered ones are in `filteredByKind`, not in `filtered`: gross of ads leaves them out. */
  conversions: number
  /** What valid conversions were worth, as the advertiser said. */
  conversionValue: MoneyJson
  /** clicks ÷ impressions, 0 when there are none. */
  ctr: number
  /** Charged for valid facts, in the organisation's currency. */
  spend: MoneyJson
  /** Only there when lines were sold in other currencies as well. */
  spendOther?: MoneyJson[]
  gross: { impressions: number; viewable: number; clicks: number; measurable: number }
  /** By reason: how many of gross were filtered, all kinds together; their sum is gross minus net. */
  filtered: Record<string, number>
  filteredByKind: Record<Counted, Record<string, number>>
}
export type DeliveryRow = Metrics & {
  /** Start of the time slot, RFC 3339 with the zone's offset; absent for `total`. */
  time?: string
  campaign?: string | null
  line_item?: string | null
  creative?: string | null
  placement?: string | null
  country?: string | null
  device?: string | null
}
export type DeliveryReport = {
  rows: DeliveryRow[]
  total: Metrics
  /** Everything settled until then is included. */
  asOf: string
  zone: string
  granularity: Granularity
  /** The time really covered: whole quarter hours, from inclusive, to exclusive, with the zone's offset. */
  from: string
  to: string
  /** Names of the campaigns, line items, creatives and placements in `rows`, by id. */
  names: Record<string, string>
}
export type ReportFailure =
  | { readonly type: 'invalid'; readonly field: string; readonly detail: string }
  /** A filter names something that does not exist for this principal. */
  | { readonly type: 'not_found'; readonly field: string; readonly detail: string }
  | { readonly type: 'too_large'; readonly detail: string }

export type LiveSlot = { time: string; impressions: number; clicks: number; spend: MoneyJson }
/** The running day in the organisation's zone. */
export type Today = {
  zone: string
  /** One per quarter hour from midnight to the running one, without gaps. */
  slots: LiveSlot[]
  totals: Metrics
  /** Yesterday from midnight to the same time of day, cut to whole quarter hours that are over. */
  previous: Metrics
  asOf: string
}

/** Module face. Owns reporting_* tables. */
export abstract class Reporting {
  /** Delivery as the principal may see it. */
  abstract delivery(
    principal: Principal,
    query: DeliveryQuery
  ): Promise<Result<DeliveryReport, ReportFailure>>
  /** What the dashboard shows. */
  abstract today(principal: Principal): Promise<Today>
}
