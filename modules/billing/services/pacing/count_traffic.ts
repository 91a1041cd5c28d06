import { chargeOf, FACT_KIND, type SettledFact, type SettledFacts } from '#modules/events/contract'
import type { Cursors } from '#modules/kernel/cursors'
import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import { DAY_MS, QUARTER_MS, utcDay, type Clock, type EpochMs } from '#modules/kernel/time'
import { chargeDay, type DemandBook } from '#modules/billing/services/demand_book'

const FACTS_PER_PAGE = 10_000
/** The name of this reading of the settled facts, in `billing_cursors`. */
const READING = 'pacing'
/** A week is learned from; twice that is kept, for whoever looks. */
const KEPT_MS = 15 * DAY_MS

type Quarter = { organisationId: string; placementId: string; at: number; requests: number }
type Day = {
  organisationId: string
  lineItemId: string
  currency: string
  day: string
  impressions: number
  viewable: number
  clicks: number
  spend: bigint
}

/**
 * Counts for pacing: valid requests by placement and quarter, deliveries by line item and charge day. Facts older than
 * what is kept are passed over. May be stopped anywhere and run twice at once: the cursor moves with the counts.
 */
export class CountTraffic {
  private cleanedOn = ''

  constructor(
    private readonly settled: SettledFacts,
    private readonly cursors: Cursors,
    private readonly demand: DemandBook,
    private readonly clock: Clock,
    private readonly factsPerPage = FACTS_PER_PAGE
  ) {}

  /** Takes in all that is settled now. @returns number of facts taken by this call */
  async run(): Promise<number> {
    for (let taken = 0; ;) {
      const from = await this.cursors.position('billing', READING)
      const facts = await this.settled.after(from, this.factsPerPage)
      const last = facts.at(-1)
      if (!last) return taken
      const oldest = (this.clock.now() - KEPT_MS) as EpochMs
      const recent = facts.filter(({ filter, issuedAt }) => filter === null && issuedAt >= oldest)
      const quarters = quartersOf(recent)
      const days = await this.daysOf(recent)
      const mine = await this.cursors.advance(
        'billing',
        { from, to: last.seq, name: READING },
        async (trx) => {
          await addQuarters(trx, quarters)
          await addDays(trx, days, last.seq)
          await this.clean(trx, oldest)
        }
      )
      if (mine) taken += facts.length
    }
  }

  private async daysOf(facts: readonly SettledFact[]): Promise<readonly Day[]> {
    await this.demand.refresh()
    const days = new Map<string, Day>()
    for (const fact of facts) {
      const { kind, lineItemId, organisationId, currency, issuedAt } = fact
      if (lineItemId === null) continue
      const impressions = Number(kind === FACT_KIND.impression)
      const viewable = Number(kind === FACT_KIND.viewable)
      const clicks = Number(kind === FACT_KIND.click)
      const spend = chargeOf(fact)
      if (impressions + viewable + clicks === 0 && spend === 0n) continue
      const day = chargeDay(await this.demand.of(organisationId as Id<'organisation'>), lineItemId, issuedAt)
      const key = `${organisationId}|${lineItemId}|${day}|${currency}`
      const row = days.get(key)
      if (!row) {
        days.set(key, { organisationId, lineItemId, currency, day, impressions, viewable, clicks, spend })
      } else {
        row.impressions += impressions
        row.viewable += viewable
        row.clicks += clicks
        row.spend += spend
      }
    }
    return [...days.values()]
  }

  /** Once a day, and when the process starts. */
  private async clean(trx: Transaction, oldest: EpochMs): Promise<void> {
    const day = utcDay(oldest)
    if (this.cleanedOn === day) return
    await trx.from('billing_traffic_quarters').where('quarter', '<', new Date(oldest)).delete()
    await trx.from('billing_pace_days').where('day', '<', day).delete()
    this.cleanedOn = day
  }
}

function quartersOf(facts: readonly SettledFact[]): readonly Quarter[] {
  const quarters = new Map<string, Quarter>()
  for (const { kind, organisationId, placementId, issuedAt } of facts) {
    if (kind !== FACT_KIND.request) continue
    const at = Math.floor(issuedAt / QUARTER_MS) * QUARTER_MS
    const key = `${placementId}|${at}`
    const row = quarters.get(key)
    if (row) row.requests += 1
    else quarters.set(key, { organisationId, placementId, at, requests: 1 })
  }
  return [...quarters.values()]
}

async function addQuarters(trx: Transaction, rows: readonly Quarter[]): Promise<void> {
  if (rows.length === 0) return
  await trx.rawQuery(
    `insert into billing_traffic_quarters (organisation_id, placement_id, quarter, requests)
     select given.* from unnest(?::uuid[], ?::uuid[], ?::timestamptz[], ?::bigint[]) as given
     on conflict (organisation_id, placement_id, quarter) do update set
       requests = billing_traffic_quarters.requests + excluded.requests`,
    [
      rows.map((row) => row.organisationId),
      rows.map((row) => row.placementId),
      rows.map((row) => new Date(row.at).toISOString()),
      rows.map((row) => row.requests),
    ] as never
  )
}

async function addDays(trx: Transaction, rows: readonly Day[], revision: bigint): Promise<void> {
  if (rows.length === 0) return
  await trx.rawQuery(
    `insert into billing_pace_days
       (organisation_id, line_item_id, currency, day, impressions, viewable, clicks, spend_nanos, revision)
     select given.*, ?::bigint
     from unnest(?::uuid[], ?::uuid[], ?::text[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[], ?::numeric[])
       as given
     on conflict (organisation_id, line_item_id, day, currency) do update set
       impressions = billing_pace_days.impressions + excluded.impressions,
       viewable = billing_pace_days.viewable + excluded.viewable,
       clicks = billing_pace_days.clicks + excluded.clicks,
       spend_nanos = billing_pace_days.spend_nanos + excluded.spend_nanos,
       revision = excluded.revision`,
    [
      revision.toString(),
      rows.map((row) => row.organisationId),
      rows.map((row) => row.lineItemId),
      rows.map((row) => row.currency),
      rows.map((row) => row.day),
      rows.map((row) => row.impressions),
      rows.map((row) => row.viewable),
      rows.map((row) => row.clicks),
      rows.map((row) => row.spend.toString()),
    ] as never
  )
}
