import { chargeOf, FACT_KIND, type SettledFacts, type SettledFact } from '#modules/events/contract'
import { type Cursors } from '#modules/kernel/cursors'
import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { UtcDay } from '#modules/kernel/time'
import { chargeDay, type DemandBook } from '#modules/billing/services/demand_book'

/** About 100 ms of work, so that a stop never waits long and a transaction stays small. */
const FACTS_PER_PAGE = 10_000

type Delivered = {
  organisationId: string
  lineItemId: string
  currency: string
  impressions: number
  clicks: number
  viewable: number
  spend: bigint
}
type SpendDay = { organisationId: string; lineItemId: string; currency: string; day: UtcDay; spend: bigint }
type Booking = { readonly delivered: readonly Delivered[]; readonly days: readonly SpendDay[] }

/**
 * Adds valid facts to what each line item has delivered and spent. May be stopped anywhere and run twice at once: the
 * cursor moves in the transaction of the effects.
 */
export class BookDelivered {
  constructor(
    private readonly settled: SettledFacts,
    private readonly cursors: Cursors,
    private readonly demand: DemandBook,
    private readonly factsPerPage = FACTS_PER_PAGE
  ) {}

  /** Takes in all that is settled now. @returns number of facts taken by this call */
  async run(): Promise<number> {
    for (let taken = 0; ;) {
      const from = await this.cursors.position('billing')
      const facts = await this.settled.after(from, this.factsPerPage)
      const last = facts.at(-1)
      if (!last) return taken
      const booking = await this.bookingOf(facts)
      const mine = await this.cursors.advance('billing', { from, to: last.seq }, async (trx) => {
        await addDelivered(trx, booking.delivered, last.seq)
        await addDays(trx, booking.days, last.seq)
      })
      if (mine) taken += facts.length
    }
  }

  private async bookingOf(facts: readonly SettledFact[]): Promise<Booking> {
    const delivered = new Map<string, Delivered>()
    const days = new Map<string, SpendDay>()
    await this.demand.refresh()
    for (const fact of facts) {
      const { lineItemId, organisationId, currency } = fact
      if (lineItemId === null || fact.filter !== null || !counts(fact)) continue
      const key = `${organisationId}|${lineItemId}|${currency}`
      const row = delivered.get(key) ?? {
        organisationId,
        lineItemId,
        currency,
        impressions: 0,
        clicks: 0,
        viewable: 0,
        spend: 0n,
      }
      delivered.set(key, row)
      if (fact.kind === FACT_KIND.impression) row.impressions += 1
      else if (fact.kind === FACT_KIND.click) row.clicks += 1
      else if (fact.kind === FACT_KIND.viewable) row.viewable += 1
      const charge = chargeOf(fact)
      if (charge === 0n) continue
      row.spend += charge
      const day = chargeDay(
        await this.demand.of(organisationId as Id<'organisation'>),
        lineItemId,
        fact.issuedAt
      )
      const spendDay = days.get(`${key}|${day}`) ?? { organisationId, lineItemId, currency, day, spend: 0n }
      days.set(`${key}|${day}`, spendDay)
      spendDay.spend += charge
    }
    return { delivered: [...delivered.values()], days: [...days.values()] }
  }
}

const COUNTED: ReadonlySet<number> = new Set([
  FACT_KIND.impression,
  FACT_KIND.viewable,
  FACT_KIND.click,
  FACT_KIND.conversion,
])

function counts({ kind }: SettledFact): boolean {
  return COUNTED.has(kind)
}

async function addDelivered(trx: Transaction, rows: readonly Delivered[], revision: bigint): Promise<void> {
  if (rows.length === 0) return
  await trx.rawQuery(
    `insert into billing_delivered (organisation_id, line_item_id, currency, impressions, clicks, viewable, spend_nanos, revision)
     select given.*, ?::bigint
     from unnest(?::uuid[], ?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::numeric[]) as given
     on conflict (organisation_id, line_item_id, currency) do update set
       impressions = billing_delivered.impressions + excluded.impressions,
       clicks = billing_delivered.clicks + excluded.clicks,
       viewable = billing_delivered.viewable + excluded.viewable,
       spend_nanos = billing_delivered.spend_nanos + excluded.spend_nanos,
       revision = excluded.revision`,
    [
      revision.toString(),
      rows.map((row) => row.organisationId),
      rows.map((row) => row.lineItemId),
      rows.map((row) => row.currency),
      rows.map((row) => row.impressions),
      rows.map((row) => row.clicks),
      rows.map((row) => row.viewable),
      rows.map((row) => row.spend.toString()),
    ] as never
  )
}

async function addDays(trx: Transaction, rows: readonly SpendDay[], revision: bigint): Promise<void> {
  if (rows.length === 0) return
  await trx.rawQuery(
    `insert into billing_spend_days (organisation_id, line_item_id, currency, day, spend_nanos, revision)
     select given.*, ?::bigint from unnest(?::uuid[], ?::uuid[], ?::text[], ?::date[], ?::numeric[]) as given
     on conflict (organisation_id, line_item_id, day, currency) do update set
       spend_nanos = billing_spend_days.spend_nanos + excluded.spend_nanos,
       revision = excluded.revision`,
    [
      revision.toString(),
      rows.map((row) => row.organisationId),
      rows.map((row) => row.lineItemId),
      rows.map((row) => row.currency),
      rows.map((row) => row.day),
      rows.map((row) => row.spend.toString()),
    ] as never
  )
}
