import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid } from '#modules/kernel/ids'
import { hasLivingOwner } from '#modules/events/services/log/owner'

const SEGMENT_NAME = /^\d{8}\.seg$/

/** One process start's log. */
export type LogRef = {
  readonly id: string
  readonly path: string
  /** False when nobody will ever append to it again: what is there now is all there will be. */
  readonly live: boolean
}

/** Name of a segment's file; numbers start at 1. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.seg`
}

/** Every log under `logDir`, oldest first (ids are time-ordered); none when the directory does not exist. */
export async function listLogs(logDir: string): Promise<LogRef[]> {
  const ids = (await namesIn(logDir)).filter(isUuid).sort()
  return Promise.all(
    ids.map(async (id) => {
      const path = join(logDir, id)
      return { id, path, live: await hasLivingOwner(path) }
    })
  )
}

/** Numbers of a log's segments, ascending; none when the directory is gone. */
export async function listSegments(path: string): Promise<number[]> {
  const names = (await namesIn(path)).filter((name) => SEGMENT_NAME.test(name))
  return names.map((name) => Number(name.slice(0, 8))).sort((left, right) => left - right)
}

/** Removes every segment before `segment`; they are shipped and settled. Returns how many went. */
export async function removeSegmentsBefore(path: string, segment: number): Promise<number> {
  const shipped = (await listSegments(path)).filter((number) => number < segment)
  for (const number of shipped) await rm(join(path, segmentName(number)), { force: true })
  return shipped.length
}

export function removeLog(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true })
}

/** What a process leaves that is killed while it makes its log's directory; a living one needs milliseconds. */
const DRAFT_MS = 60_000

/** Removes directories of logs that never came to be. */
export async function removeDrafts(logDir: string, nowMs: number): Promise<void> {
  const drafts = (await namesIn(logDir)).filter((entry) => entry.startsWith('.') && isUuid(entry.slice(1)))
  for (const name of drafts) {
    const path = join(logDir, name)
    const found = await orIfGone(stat(path), null)
    if (found !== null && nowMs - found.mtimeMs > DRAFT_MS) await removeLog(path)
  }
}

/** Bytes of all segments of all logs under `logDir`. */
export async function bytesIn(logDir: string): Promise<number> {
  let bytes = 0
  for (const id of (await namesIn(logDir)).filter(isUuid)) {
    const path = join(logDir, id)
    for (const segment of await listSegments(path)) bytes += await sizeOf(join(path, segmentName(segment)))
  }
  return bytes
}

async function sizeOf(path: string): Promise<number> {
  const found = await orIfGone(stat(path), null)
  return found?.size ?? 0
}

function namesIn(path: string): Promise<string[]> {
  return orIfGone(readdir(path), [])
}

/** A log may be removed by its shipper between two looks at it. */
async function orIfGone<T>(looking: Promise<T>, absent: T): Promise<T> {
  try {
    return await looking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent
    throw error
  }
}
