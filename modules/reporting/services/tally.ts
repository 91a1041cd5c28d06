import { FACT_KIND, type FactKind } from '#modules/events/contract'
import { moneyJson } from '#modules/kernel/money'
import type { Counted, Metrics } from '#modules/reporting/contract'
import type { DeliveryRecord } from '#modules/reporting/services/delivery_sql'

const COUNTED = ['requests', 'impressions', 'viewable', 'clicks', 'measurable', 'conversions'] as const
const NAME: Record<Exclude<FactKind, typeof FACT_KIND.conversionValue | typeof FACT_KIND.visit>, Counted> = {
  [FACT_KIND.request]: 'requests',
  [FACT_KIND.impression]: 'impressions',
  [FACT_KIND.viewable]: 'viewable',
  [FACT_KIND.click]: 'clicks',
  [FACT_KIND.measurable]: 'measurable',
  [FACT_KIND.conversion]: 'conversions',
}

/** Adds up facts of one group, exactly. */
export class Tally {
  private readonly valid: Record<Counted, number> = {
    requests: 0,
    impressions: 0,
    viewable: 0,
    clicks: 0,
    measurable: 0,
    conversions: 0,
  }
  private readonly filtered: Record<Counted, Record<string, number>> = {
    requests: {},
    impressions: {},
    viewable: {},
    clicks: {},
    measurable: {},
    conversions: {},
  }
  private readonly spend = new Map<string, bigint>()
  private readonly value = new Map<string, bigint>()

  addRecord(record: DeliveryRecord): void {
    if (record.kind !== null) {
      const reasons = this.filtered[NAME[record.kind as keyof typeof NAME]]
      reasons[record.reason!] = (reasons[record.reason!] ?? 0) + Number(record.requests)
      return
    }
    for (const name of COUNTED) this.valid[name] += Number(record[name])
    addTo(this.spend, record.currency, BigInt(record.spend))
    addTo(this.value, record.currency, BigInt(record.value))
  }

  add(other: Tally): void {
    for (const name of COUNTED) {
      this.valid[name] += other.valid[name]
      for (const [reason, count] of Object.entries(other.filtered[name])) {
        this.filtered[name][reason] = (this.filtered[name][reason] ?? 0) + count
      }
    }
    for (const [currency, nanos] of other.spend) addTo(this.spend, currency, nanos)
    for (const [currency, nanos] of other.value) addTo(this.value, currency, nanos)
  }

  /** @param currency the organisation's; what was sold in others is listed apart */
  metrics(currency: string): Metrics {
    const { requests, impressions, viewable, clicks, measurable, conversions } = this.valid
    const kinds = this.filtered
    const others = [...this.spend].filter(([code, nanos]) => code !== currency && nanos !== 0n).sort()
    return {
      requests: requests + sum(kinds.requests),
      impressions,
      viewable,
      measurable,
      // Scripts of an older release say that an ad was seen, but not that they could measure it.
      viewableRate: measurable === 0 ? 0 : Math.min(1, viewable / measurable),
      conversions,
      conversionValue: moneyJson(this.value.get(currency) ?? 0n, currency),
      clicks,
      ctr: impressions === 0 ? 0 : clicks / impressions,
      spend: moneyJson(this.spend.get(currency) ?? 0n, currency),
      ...(others.length > 0 && { spendOther: others.map(([code, nanos]) => moneyJson(nanos, code)) }),
      gross: {
        impressions: impressions + sum(kinds.impressions),
        viewable: viewable + sum(kinds.viewable),
        clicks: clicks + sum(kinds.clicks),
        measurable: measurable + sum(kinds.measurable),
      },
      filtered: together([kinds.impressions, kinds.viewable, kinds.clicks, kinds.measurable]),
      filteredByKind: {
        requests: ordered(kinds.requests),
        impressions: ordered(kinds.impressions),
        viewable: ordered(kinds.viewable),
        clicks: ordered(kinds.clicks),
        measurable: ordered(kinds.measurable),
        conversions: ordered(kinds.conversions),
      },
    }
  }
}

function addTo(sums: Map<string, bigint>, currency: string, nanos: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + nanos)
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** Reasons in alphabetical order, so that the same counts are the same text. */
function ordered(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1)))
}

function together(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [reason, count] of parts.flatMap((part) => Object.entries(part))) {
    all[reason] = (all[reason] ?? 0) + count
  }
  return ordered(all)
}
