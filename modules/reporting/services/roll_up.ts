import { type SettledFacts } from '#modules/events/contract'
import { type Cursors } from '#modules/kernel/cursors'
import type { Transaction } from '#modules/kernel/tenancy'
import { type Clock, type EpochMs } from '#modules/kernel/time'
import { fold, type Dimensions, type Filtered, type Quarter } from '#modules/reporting/services/fold'

/** About 100 ms of work, so that a stop never waits long and a transaction stays small. */
const FACTS_PER_PAGE = 10_000
const DIMENSIONS = [
  'organisation_id',
  'slot',
  'placement_id',
  'line_item_id',
  'creative_id',
  'country',
  'device',
  'currency',
]
const DIMENSION_TYPES = ['uuid', 'timestamptz', 'uuid', 'uuid', 'uuid', 'text', 'smallint', 'text']

/**
 * Adds settled facts to the roll-ups, page by page, each page with the cursor in one transaction: stopped anywhere or
 * run by several processes at once, every fact counts once.
 */
export class RollUp {
  private caughtUp: EpochMs | null = null

  constructor(
    private readonly settled: SettledFacts,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
    private readonly factsPerPage = FACTS_PER_PAGE
  ) {}

  /**
   * Everything settled before this time is in the roll-ups: when this process last found nothing more to do. In a
   * process that has not looked yet: now when nothing waits, else about when the first waiting fact came.
   */
  async completeUntil(): Promise<EpochMs> {
    if (this.caughtUp !== null) return this.caughtUp
    const now = this.clock.now()
    const [waiting] = await this.settled.after(await this.cursors.position('reporting'), 1)
    return waiting ? waiting.receivedAt : now
  }

  /** Takes in all that is settled now. @returns number of facts added by this call */
  async run(): Promise<number> {
    let added = 0
    for (;;) {
      const started = this.clock.now()
      const from = await this.cursors.position('reporting')
      const facts = await this.settled.after(from, this.factsPerPage)
      const last = facts.at(-1)
      if (!last) {
        this.caughtUp = started
        return added
      }
      const { quarters, filtered } = fold(facts)
      const mine = await this.cursors.advance('reporting', { from, to: last.seq }, async (trx) => {
        await addQuarters(trx, quarters)
        await addFiltered(trx, filtered)
      })
      if (mine) added += facts.length
    }
  }
}

async function addQuarters(trx: Transaction, rows: readonly Quarter[]): Promise<void> {
  await add(trx, 'reporting_quarters', rows, [], {
    requests: { type: 'bigint', values: rows.map((row) => row.requests) },
    impressions: { type: 'bigint', values: rows.map((row) => row.impressions) },
    viewable: { type: 'bigint', values: rows.map((row) => row.viewable) },
    clicks: { type: 'bigint', values: rows.map((row) => row.clicks) },
    measurable: { type: 'bigint', values: rows.map((row) => row.measurable) },
    conversions: { type: 'bigint', values: rows.map((row) => row.conversions) },
    conversion_value_nanos: { type: 'numeric', values: rows.map((row) => row.value.toString()) },
    spend_nanos: { type: 'numeric', values: rows.map((row) => row.spend.toString()) },
  })
}

async function addFiltered(trx: Transaction, rows: readonly Filtered[]): Promise<void> {
  const keys: Column[] = [
    { name: 'kind', type: 'smallint', values: rows.map((row) => row.kind) },
    { name: 'reason', type: 'text', values: rows.map((row) => row.reason) },
  ]
  await add(trx, 'reporting_filtered', rows, keys, {
    facts: { type: 'bigint', values: rows.map((row) => row.facts) },
  })
}

type Values = readonly (string | number | null)[]
type Column = { readonly name: string; readonly type: string; readonly values: Values }

/** Inserts rows, or adds their counts to those that are there. One parameter per column, whatever the number of rows. */
async function add(
  trx: Transaction,
  table: string,
  rows: readonly Dimensions[],
  furtherKeys: readonly Column[],
  counts: Readonly<Record<string, { type: string; values: Values }>>
): Promise<void> {
  if (rows.length === 0) return
  const keys = [...dimensionColumns(rows), ...furtherKeys]
  const columns = [...keys, ...Object.entries(counts).map(([name, column]) => ({ name, ...column }))]
  const names = columns.map(({ name }) => name).join(', ')
  const sums = Object.keys(counts).map((name) => `${name} = ${table}.${name} + excluded.${name}`)
  await trx.rawQuery(
    `insert into ${table} (${names}) select * from unnest(${columns.map(({ type }) => `?::${type}[]`).join(', ')})
     on conflict (${keys.map(({ name }) => name).join(', ')}) do update set ${sums.join(', ')}`,
    columns.map(({ values }) => values) as never
  )
}

function dimensionColumns(rows: readonly Dimensions[]): Column[] {
  const values: Values[] = [
    rows.map((row) => row.organisationId),
    rows.map((row) => new Date(row.slot).toISOString()),
    rows.map((row) => row.placementId),
    rows.map((row) => row.lineItemId),
    rows.map((row) => row.creativeId),
    rows.map((row) => row.country),
    rows.map((row) => row.device),
    rows.map((row) => row.currency),
  ]
  return DIMENSIONS.map((name, index) => ({ name, type: DIMENSION_TYPES[index]!, values: values[index]! }))
}
