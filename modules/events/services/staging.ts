import { finished } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Transaction } from '#modules/kernel/tenancy'
import { DAY_MS } from '#modules/kernel/time'
import type { StagedFact } from '#modules/events/services/intake'

/** Columns that the staging table and `events_settled` share, in the order in which rows are written. */
const SHARED = [
  ['issue_day', 'date'],
  ['id', 'uuid'],
  ['kind', 'smallint'],
  ['organisation_id', 'uuid'],
  ['placement_id', 'uuid'],
  ['line_item_id', 'uuid'],
  ['creative_id', 'uuid'],
  ['charge', 'smallint'],
  ['price', 'bigint'],
  ['currency', 'char(3)'],
  ['purposes', 'integer'],
  ['subject_ref', 'bytea'],
  ['country', 'char(2)'],
  ['device', 'smallint'],
  ['received_at', 'timestamptz'],
] as const
const NAMES = SHARED.map(([name]) => name)
const OWN_COLUMNS = 3

const STAGE = `
  create temp table if not exists events_staging (
    place integer, times integer, filter varchar(40), ${SHARED.map((column) => column.join(' ')).join(', ')}
  ) on commit delete rows`

const SETTLE = `
  with fresh as (
    insert into events_settled (seq, copy, filter, count, ${NAMES.join(', ')})
    select nextval('events_settled_seq'), 0, filter, 1, ${NAMES.join(', ')}
    from (select * from events_staging order by place) as staged
    on conflict (issue_day, id, kind, copy) do nothing
    returning seq, issue_day, id, kind
  ), repeats as (
    insert into events_settled (seq, copy, filter, count, ${NAMES.join(', ')})
    select nextval('events_settled_seq'), $1::bigint, 'duplicate', times - (fresh.seq is not null)::integer,
           ${NAMES.map((name) => `staged.${name}`).join(', ')}
    from events_staging as staged
    left join fresh on fresh.issue_day = staged.issue_day and fresh.id = staged.id and fresh.kind = staged.kind
    where times > 1 or fresh.seq is null
    returning seq, count
  )
  select (select count(*) from fresh)::integer as fresh,
         (select coalesce(sum(count), 0) from repeats)::integer as repeats,
         greatest((select max(seq) from fresh), (select max(seq) from repeats)) as last_seq`

export type Settled = { readonly fresh: number; readonly repeats: number; readonly lastSeq: string }

/**
 * Settles a batch of distinct identities: each is inserted once, whatever came before; repeats, in the batch or of
 * earlier batches, become one `duplicate` row each with their number. Call it under the settlement's lock only: the
 * order of `seq` is the order of commits because nobody else draws from the sequence meanwhile.
 */
export async function settleStaged(trx: Transaction, staged: readonly StagedFact[]): Promise<Settled> {
  const connection = (await trx.knexClient.client.acquireConnection()) as ClientBase
  await connection.query(STAGE)
  const copy = connection.query(copyFrom('copy events_staging from stdin (format binary)'))
  copy.end(encodeRows(staged))
  await finished(copy)
  const batch = await connection.query<{ id: string }>(`select nextval('events_settled_seq') as id`)
  const { rows } = await connection.query<{ fresh: number; repeats: number; last_seq: string }>(SETTLE, [
    batch.rows[0]!.id,
  ])
  const { fresh, repeats, last_seq: lastSeq } = rows[0]!
  return { fresh, repeats, lastSeq }
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** No row is longer: 20 length fields and at most 200 bytes of values. */
const ROW_BYTES = 320
/** PostgreSQL counts days and microseconds from 2000-01-01. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1)
const NULL = -1

/** @source PostgreSQL documentation, COPY, "Binary Format" */
function encodeRows(staged: readonly StagedFact[]): Buffer {
  const row = new RowWriter(Buffer.allocUnsafe(SIGNATURE.length + staged.length * ROW_BYTES + 2))
  row.raw(SIGNATURE)
  staged.forEach(({ fact, issueDay, filter, times }, place) => {
    row.start(OWN_COLUMNS + SHARED.length)
    row.int32(place)
    row.int32(times)
    row.text(filter)
    row.int32(issueDay - EPOCH_2000_MS / DAY_MS)
    row.bytes(fact.bytesOf('id'))
    row.int16(fact.kind)
    row.bytes(fact.bytesOf('organisation'))
    row.bytes(fact.bytesOf('placement'))
    row.bytes(fact.bytesOf('lineItem'))
    row.bytes(fact.bytesOf('creative'))
    row.int16(fact.charge)
    row.int64(fact.price)
    row.text(fact.currency)
    row.int32(fact.purposes)
    row.bytes(fact.bytesOf('subject'))
    row.text(fact.country)
    row.int16(fact.device)
    row.int64((fact.receivedAt - EPOCH_2000_MS) * 1_000)
  })
  return row.end()
}

/** Fields of PostgreSQL's binary COPY, one after another; null writes the length -1. */
class RowWriter {
  private at = 0
  constructor(private readonly into: Buffer) {}

  start(columns: number): void {
    this.at = this.into.writeInt16BE(columns, this.at)
  }
  raw(bytes: Buffer): void {
    this.at += bytes.copy(this.into, this.at)
  }
  int16(value: number | null): void {
    if (value === null) return this.length(NULL)
    this.length(2)
    this.at = this.into.writeInt16BE(value, this.at)
  }
  int32(value: number): void {
    this.length(4)
    this.at = this.into.writeInt32BE(value, this.at)
  }
  /** A whole number between -2^53 and 2^53. */
  int64(value: number): void {
    this.length(8)
    const high = Math.floor(value / 0x1_0000_0000)
    this.at = this.into.writeInt32BE(high, this.at)
    this.at = this.into.writeUInt32BE(value - high * 0x1_0000_0000, this.at)
  }
  bytes(value: Buffer | null): void {
    if (value === null) return this.length(NULL)
    this.length(value.length)
    this.raw(value)
  }
  /** ASCII only: codes and reasons. */
  text(value: string | null): void {
    if (value === null) return this.length(NULL)
    this.length(value.length)
    this.at += this.into.write(value, this.at, 'latin1')
  }
  end(): Buffer {
    this.at = this.into.writeInt16BE(NULL, this.at)
    return this.into.subarray(0, this.at)
  }
  private length(bytes: number): void {
    this.at = this.into.writeInt32BE(bytes, this.at)
  }
}
