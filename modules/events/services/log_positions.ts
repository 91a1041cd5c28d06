import { INSTALLATION } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import type { LogPosition } from '#modules/events/services/log/reader'

type Row = { readonly log_id: string; readonly segment: number; readonly byte_offset: string }

/** How far each of these logs is settled; a log without a row is not in the map. */
export async function positionsOf(
  trx: Transaction,
  logIds: readonly string[]
): Promise<Map<string, LogPosition>> {
  const rows = (await trx
    .from('events_log_positions')
    .whereIn('log_id', [...logIds])
    .select('log_id', 'segment', 'byte_offset')) as Row[]
  return new Map(rows.map((row) => [row.log_id, { segment: row.segment, offset: Number(row.byte_offset) }]))
}

export async function movePosition(
  trx: Transaction,
  move: { logId: string; end: LogPosition; facts: number; now: EpochMs }
): Promise<void> {
  await trx.rawQuery(
    `insert into events_log_positions as kept (log_id, organisation_id, segment, byte_offset, facts, moved_at)
     values (?, ?, ?, ?, ?, ?)
     on conflict (log_id) do update set segment = excluded.segment, byte_offset = excluded.byte_offset,
       facts = kept.facts + excluded.facts, moved_at = excluded.moved_at`,
    [move.logId, INSTALLATION, move.end.segment, move.end.offset, move.facts, new Date(move.now)]
  )
}

/** Forgets logs whose directory is gone: ids of logs are never used again. */
export async function forgetPositions(trx: Transaction, logIds: readonly string[]): Promise<void> {
  if (logIds.length > 0) {
    await trx
      .from('events_log_positions')
      .whereIn('log_id', [...logIds])
      .delete()
  }
}
