import { chargeOf, FACT_KIND, type FactKind, type SettledFact } from '#modules/events/contract'
import { QUARTER_MS } from '#modules/kernel/time'
import type { Counted } from '#modules/reporting/contract'

/** What a row of the roll-up is about, in the order of its unique key. */
export type Dimensions = {
  readonly organisationId: string
  readonly slot: number
  readonly placementId: string
  readonly lineItemId: string | null
  readonly creativeId: string | null
  readonly country: string | null
  readonly device: number | null
  readonly currency: string
}
export type Quarter = Dimensions & Record<Counted, number> & { spend: bigint; value: bigint }
export type Filtered = Dimensions & { readonly kind: FactKind; readonly reason: string; facts: number }
export type Folded = { readonly quarters: readonly Quarter[]; readonly filtered: readonly Filtered[] }

const COLUMN = {
  [FACT_KIND.request]: 'requests',
  [FACT_KIND.impression]: 'impressions',
  [FACT_KIND.viewable]: 'viewable',
  [FACT_KIND.click]: 'clicks',
  [FACT_KIND.measurable]: 'measurable',
  [FACT_KIND.conversion]: 'conversions',
} as const satisfies Record<
  Exclude<FactKind, typeof FACT_KIND.conversionValue | typeof FACT_KIND.visit>,
  Counted
>

const NOTHING = {
  requests: 0,
  impressions: 0,
  viewable: 0,
  clicks: 0,
  measurable: 0,
  conversions: 0,
  spend: 0n,
  value: 0n,
}

/**
 * Adds facts up by quarter hour of issue and by dimension. Only valid facts are counted and charged in `quarters`;
 * a filtered fact counts in `filtered` and leaves a row of zeros, so that its key is known. Kinds that this version does
 * not report are left out.
 */
export function fold(facts: readonly SettledFact[]): Folded {
  const quarters = new Map<string, Quarter>()
  const filtered = new Map<string, Filtered>()
  for (const fact of facts) {
    // A value says nothing of its own: the conversion beside it is counted, or filtered.
    if (fact.kind === FACT_KIND.conversionValue && fact.filter !== null) continue
    if (fact.kind === FACT_KIND.visit) continue
    const column = fact.kind === FACT_KIND.conversionValue ? null : COLUMN[fact.kind]
    if (column === undefined) continue
    const dimensions = dimensionsOf(fact)
    const key = Object.values(dimensions).join('|')
    let quarter = quarters.get(key)
    if (!quarter) {
      quarter = { ...dimensions, ...NOTHING }
      quarters.set(key, quarter)
    }
    if (column === null) {
      quarter.value += BigInt(fact.price)
      continue
    }
    if (fact.filter === null) {
      quarter[column] += fact.count
      quarter.spend += chargeOf(fact)
      continue
    }
    const reasonKey = `${key}|${fact.kind}|${fact.filter}`
    const row = filtered.get(reasonKey)
    if (row) row.facts += fact.count
    else filtered.set(reasonKey, { ...dimensions, kind: fact.kind, reason: fact.filter, facts: fact.count })
  }
  return { quarters: [...quarters.values()], filtered: [...filtered.values()] }
}

function dimensionsOf(fact: SettledFact): Dimensions {
  const { organisationId, placementId, lineItemId, creativeId, country, device, currency } = fact
  const slot = Math.floor(fact.issuedAt / QUARTER_MS) * QUARTER_MS
  return { organisationId, slot, placementId, lineItemId, creativeId, country, device, currency }
}
