import type { Currency } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import { SettledFacts } from '#modules/events/contract'
import type { Charge, FactKind, FilterReason, SettledFact } from '#modules/events/contract'

/** Batches looked at for one page: enough for a page of facts even when each batch was tiny. */
const BATCHES_PER_LOOK = 1_000

/** Reads `events_settled` in order; which days to look at, the batches say. */
export class PostgresSettledFacts extends SettledFacts {
  constructor(private readonly tenancy: Tenancy) {
    super()
  }

  async after(after: bigint, limit: number): Promise<readonly SettledFact[]> {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError('limit is not a whole number above 0')
    return this.tenancy.system(async (trx) => {
      for (let position = after.toString(); ;) {
        const stretch = await nextStretch(trx, position)
        if (stretch === null) return []
        const rows = await rowsOf(trx, position, stretch, limit)
        if (rows.length > 0) return rows.map(factOf)
        position = stretch.last_seq // past retention: its facts are gone, what follows may not be
      }
    })
  }
}

type Stretch = { readonly last_seq: string; readonly first_day: string; readonly last_day: string }

async function nextStretch(trx: Transaction, after: string): Promise<Stretch | null> {
  const { rows } = (await trx.rawQuery(
    `select max(last_seq)::text as last_seq, min(first_day)::text as first_day, max(last_day)::text as last_day
     from (select * from events_batches where last_seq > ? order by last_seq limit ?) as next`,
    [after, BATCHES_PER_LOOK]
  )) as { rows: { [Key in keyof Stretch]: string | null }[] }
  const [row] = rows
  return row === undefined || row.last_seq === null ? null : (row as Stretch)
}

type Row = {
  readonly seq: string
  readonly kind: number
  readonly id: string
  readonly organisation_id: string
  readonly placement_id: string
  readonly line_item_id: string | null
  readonly creative_id: string | null
  readonly charge: number
  readonly price: string
  readonly currency: string
  readonly country: string | null
  readonly device: number | null
  readonly subject_ref: Buffer | null
  readonly filter: string | null
  readonly count: number
  readonly received_ms: number
}

async function rowsOf(trx: Transaction, after: string, stretch: Stretch, limit: number): Promise<Row[]> {
  const { rows } = (await trx.rawQuery(
    `select seq, kind, id, organisation_id, placement_id, line_item_id, creative_id, charge, price, currency, country,
            device, subject_ref, filter, count, (extract(epoch from received_at) * 1000)::float8 as received_ms
     from events_settled
     where seq > ? and seq <= ? and issue_day between ?::date and ?::date
     order by seq limit ?`,
    [after, stretch.last_seq, stretch.first_day, stretch.last_day, limit]
  )) as { rows: Row[] }
  return rows
}

function factOf(row: Row): SettledFact {
  return {
    seq: BigInt(row.seq),
    kind: row.kind as FactKind,
    id: row.id,
    organisationId: row.organisation_id as Id<'organisation'>,
    placementId: row.placement_id as Id<'placement'>,
    lineItemId: row.line_item_id as Id<'line_item'> | null,
    creativeId: row.creative_id as Id<'creative'> | null,
    charge: row.charge as Charge,
    price: Number(row.price),
    currency: row.currency as Currency,
    country: row.country,
    device: row.device,
    subjectRef: row.subject_ref,
    filter: row.filter as FilterReason | null,
    count: row.count,
    issuedAt: timeOf(row.id),
    receivedAt: row.received_ms as EpochMs,
  }
}

/** Milliseconds in the first 48 bits of a version 7 id's text. */
function timeOf(id: string): EpochMs {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) as EpochMs
}
