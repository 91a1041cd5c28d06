/** Read models for people: delivery by quarter hour, cut and grouped when read. */
import type { MoneyJson } from '#modules/kernel/money'
import type { Principal } from '#modules/identity/contract'

export const GROUPS = ['campaign', 'line_item', 'creative', 'placement', 'country', 'device'] as const
export type Group = (typeof GROUPS)[number]
export const GRANULARITIES = ['15min', 'hour', 'day', 'total'] as const
export type Granularity = (typeof GRANULARITIES)[number]

export type DeliveryQuery = {
  /** Inclusive days `2026-11-21` in `zone`, or RFC 3339 instants (from inclusive, to exclusive). */
  readonly from: string
  readonly to: string
  readonly zone?: string
  readonly granularity?: Granularity
  readonly group?: readonly Group[]
  /** Keep only rows of these; empty or absent = all that the principal may see. */
  readonly filter?: { campaign?: readonly string[]; line_item?: readonly string[]; placement?: readonly string[] }
}

export type Metrics = {
  requests: number
  /** Valid, deduplicated, net of filters. */
  impressions: number
  viewable: number
  clicks: number
  /** clicks ÷ impressions, 0 when there are none. */
  ctr: number
  spend: MoneyJson
  gross: { impressions: number; viewable: number; clicks: number }
  /** By reason: how many of gross were filtered, all kinds together and by kind. */
  filtered: Record<string, number>
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
export type DeliveryReport = { rows: DeliveryRow[]; total: Metrics; asOf: string; zone: string; names?: Record<string, string> }
export type ReportFailure = { readonly type: 'invalid'; readonly field: string; readonly detail: string }

/** Module face. */
export abstract class Reporting {
  /** Delivery as the principal may see it. */
  abstract delivery(principal: Principal, query: DeliveryQuery): Promise<{ ok: true; value: DeliveryReport } | { ok: false; error: ReportFailure }>
}
