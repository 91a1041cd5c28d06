import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import { listLogs, listSegments, segmentName, type LogRef } from '#modules/events/services/log/directory'
import { START, readLog, type LogPosition } from '#modules/events/services/log/reader'
import { positionsOf } from '#modules/events/services/log_positions'

export type LogStatus = {
  readonly logId: string
  /** Its process appends, or may do so again. */
  readonly live: boolean
  readonly segments: number
  readonly bytes: number
  readonly settledTo: LogPosition
  readonly unsettledBytes: number
  /** Age of the oldest fact that is not settled; 0 when all are. */
  readonly lagSeconds: number
  /** `newer_version`: a newer build must settle it. */
  readonly blockedBy: string | null
}
export type HostStatus = {
  readonly logs: readonly LogStatus[]
  readonly bytes: number
  readonly unsettledBytes: number
  readonly lagSeconds: number
  readonly deadLetters: number
}

/** Where every log under `logDir` stands, by the disk and by PostgreSQL. Dead letters are those of the installation. */
export async function logStatus(tenancy: Tenancy, logDir: string, now: EpochMs): Promise<HostStatus> {
  const logs = await listLogs(logDir)
  const { positions, deadLetters } = await tenancy.system(async (trx) => {
    const [row] = (await trx.from('events_dead_letters').count('* as count')) as { count: string }[]
    const ids = logs.map((log) => log.id)
    return { positions: await positionsOf(trx, ids), deadLetters: Number(row?.count ?? 0) }
  })
  const states = await Promise.all(logs.map((log) => statusOf(log, positions.get(log.id) ?? START, now)))
  const sum = (of: (log: LogStatus) => number) => states.reduce((total, log) => total + of(log), 0)
  return {
    logs: states,
    bytes: sum((log) => log.bytes),
    unsettledBytes: sum((log) => log.unsettledBytes),
    lagSeconds: Math.max(0, ...states.map((log) => log.lagSeconds)),
    deadLetters,
  }
}

async function statusOf(log: LogRef, settledTo: LogPosition, now: EpochMs): Promise<LogStatus> {
  const segments = await listSegments(log.path)
  let bytes = 0
  let unsettledBytes = 0
  for (const segment of segments) {
    const { size } = await stat(join(log.path, segmentName(segment)))
    bytes += size
    if (segment > settledTo.segment) unsettledBytes += size
    else if (segment === settledTo.segment) unsettledBytes += Math.max(0, size - settledTo.offset)
  }
  const { facts, blockedBy } = await readLog(log, settledTo, 1)
  const lagSeconds = facts.length === 0 ? 0 : (now - facts[0]!.receivedAt) / 1_000
  return {
    logId: log.id,
    live: log.live,
    segments: segments.length,
    bytes,
    settledTo,
    unsettledBytes,
    lagSeconds,
    blockedBy,
  }
}
