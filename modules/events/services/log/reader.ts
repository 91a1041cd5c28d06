import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { StoredFact, faultOf, type RecordSource } from '#modules/events/services/fact_codec'
import { listSegments, segmentName, type LogRef } from '#modules/events/services/log/directory'
import { SegmentScan, type Damage, type FoundRecord } from '#modules/events/services/log/segment_scan'

/** Where reading goes on: byte `offset` of segment `segment`. A log starts at `START`. */
export type LogPosition = { readonly segment: number; readonly offset: number }
export const START: LogPosition = { segment: 0, offset: 0 }

/** A stretch of a log that is no fact: damaged bytes, or a record that this build cannot settle. */
export type PoisonRecord = {
  readonly source: RecordSource
  readonly reason: string
  /** The payload, or the damaged bytes up to `POISON_BYTES` of them. */
  readonly bytes: Buffer
}

export type LogPage = {
  readonly facts: StoredFact[]
  readonly poison: PoisonRecord[]
  /** Where the next page starts; the same as before when nothing was there. */
  end: LogPosition
  /** The log is dead and read to its end: once this page is settled it may be removed. */
  isFinished: boolean
  /** Why reading stops here until an operator acts; null otherwise. */
  blockedBy: 'newer_version' | null
}

/**
 * Reads up to `limit` facts from `from`. What a living process has not wholly written yet is left for later; what a
 * dead one left half-written at its end was never acknowledged and is cut off; damage with good records behind it
 * is put aside as poison, and reading goes on with the next good record.
 *
 * @param log `live` must have been found out before this call: only then is an end of file the end
 * @throws the system's error when the disk cannot be read
 */
export async function readLog(log: LogRef, from: LogPosition, limit: number): Promise<LogPage> {
  const page: LogPage = { facts: [], poison: [], end: from, isFinished: false, blockedBy: null }
  // Listed before any is read: a segment that has a successor in this list will not grow any more.
  const segments = (await listSegments(log.path)).filter((segment) => segment >= from.segment)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    const mayGrow = isLast && log.live
    const offset = segment === from.segment ? from.offset : 0
    const isRead = await readSegment(log, { segment, offset }, mayGrow, isLast, limit, page)
    if (!isRead) return page
  }
  page.isFinished = !log.live
  return page
}

/** False when there may be more in this segment: the limit is reached, or its writer is not done. */
async function readSegment(
  log: LogRef,
  from: LogPosition,
  mayGrow: boolean,
  isLast: boolean,
  limit: number,
  page: LogPage
): Promise<boolean> {
  const file = await openOrNull(join(log.path, segmentName(from.segment)))
  if (file === null) return true // shipped and removed by another process since it was listed
  try {
    const scan = await SegmentScan.start(file, from.offset, mayGrow, isLast)
    page.blockedBy = scan.blockedBy
    if (scan.blockedBy !== null) return false
    for (let found = await scan.next(); found !== null; found = await scan.next()) {
      take(log.id, from.segment, found, page)
      if (page.facts.length >= limit || page.poison.length >= limit) break
    }
    page.end = { segment: from.segment, offset: scan.offset }
    return scan.isAtEnd && !mayGrow
  } finally {
    await file.close()
  }
}

function take(logId: string, segment: number, found: FoundRecord | Damage, page: LogPage): void {
  const source = { logId, segment, offset: found.offset }
  if ('reason' in found) {
    page.poison.push({ source, reason: found.reason, bytes: found.bytes })
    return
  }
  const reason = faultOf(found.payload)
  if (reason === null) page.facts.push(new StoredFact(found.payload, source))
  else page.poison.push({ source, reason, bytes: Buffer.from(found.payload) })
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
