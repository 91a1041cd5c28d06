import type { Principal } from '#modules/identity/contract'
import type { CampaignSummary } from '#modules/campaigns/contract'
import type { Metrics, Reporting, Today } from '#modules/reporting/contract'
import type { CampaignRow, Live, Totals } from '../../resources/admin/components/types.ts'

const DAY_LENGTH = 10

/** A calendar day `2026-11-21` in a zone. */
export function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
    .format(at)
    .slice(0, DAY_LENGTH)
}

export function totalsOf(metrics: Metrics): Totals {
  const filtered = Object.values(metrics.filtered).reduce((sum, count) => sum + count, 0)
  const { requests, impressions, viewable, clicks, spend } = metrics
  return { requests, impressions, viewable, clicks, spend, filtered }
}

export function liveOf(today: Today, zone: string): Live {
  return {
    zone,
    asOf: Date.parse(today.asOf),
    totals: totalsOf(today.totals),
    previous: totalsOf(today.previous),
    slots: today.slots.map((slot) => ({
      at: Date.parse(slot.time),
      impressions: slot.impressions,
      clicks: slot.clicks,
    })),
  }
}

export type ByCampaign = ReadonlyMap<string, Metrics>

/** Delivery of the running day in the organisation's zone, by campaign. */
export async function todayByCampaign(
  reporting: Reporting,
  principal: Principal,
  zone: string
): Promise<ByCampaign> {
  const day = dayIn(zone, Date.now())
  const report = await reporting.delivery(principal, {
    from: day,
    to: day,
    zone,
    granularity: 'total',
    group: ['campaign'],
  })
  if (!report.ok) throw new Error(`The report of today was refused: ${JSON.stringify(report.error)}`)
  return new Map(report.value.rows.flatMap((row) => (row.campaign ? [[row.campaign, row] as const] : [])))
}

/** Campaigns beside what they delivered today; null where that is not asked for. */
export function rowsWithToday(rows: readonly CampaignSummary[], today: ByCampaign): CampaignRow[] {
  return rows.map((row) => {
    const metrics = today.get(row.id)
    return {
      ...row,
      today: metrics
        ? { impressions: metrics.impressions, clicks: metrics.clicks, spend: metrics.spend }
        : null,
    }
  })
}
