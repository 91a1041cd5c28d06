import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** File beside the segments that says which process appends; its absence says that the log was closed. */
export const OWNER_FILE = 'owner'
/** How often a process touches its owner file. */
export const HEARTBEAT_MS = 60_000
/** An owner that cannot be looked up (another container's, say) counts as dead after this silence. */
const SILENCE_MS = 24 * 3_600_000

type Owner = {
  readonly pid: number
  /** What the system says the process started at: a pid is used again, pid and start are not. */
  readonly started: string
  /** Where that pid means something: host, boot and pid namespace. */
  readonly place: string
}

/** Content of this process's owner file. */
export function ownerText(): string {
  const owner: Owner = { pid: process.pid, started: startOf(process.pid) ?? 'unknown', place: placeOfPids() }
  return JSON.stringify(owner)
}

/**
 * True while the process that appends to this log may live. When in doubt it lives: a log that is wrongly taken for
 * dead would be removed under its writer.
 */
export async function hasLivingOwner(directory: string, nowMs: number = Date.now()): Promise<boolean> {
  const path = join(directory, OWNER_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  const owner = parseOwner(text)
  if (owner !== null && isOfEarlierBoot(owner)) return false
  if (owner === null || owner.started === 'unknown' || owner.place !== placeOfPids()) {
    return nowMs - (await stat(path)).mtimeMs < SILENCE_MS
  }
  return startOf(owner.pid) === owner.started
}

/** The same host, booted again since: no process of then lives. */
function isOfEarlierBoot(owner: Owner): boolean {
  const [host, boot] = owner.place.split(' ')
  const [thisHost, thisBoot] = placeOfPids().split(' ')
  return host === thisHost && boot !== thisBoot && boot !== '-' && thisBoot !== '-'
}

function parseOwner(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null
    const valid =
      typeof value?.pid === 'number' && typeof value.started === 'string' && typeof value.place === 'string'
    return valid ? (value as Owner) : null
  } catch {
    return null // not ours to judge: treated as an owner that cannot be looked up
  }
}

/** When a process started, in the system's own words; null when there is no such process. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const line = readFileSync(`/proc/${pid}/stat`, 'latin1')
      // Fields are counted after the command name, which may hold spaces and brackets. @source proc_pid_stat(5)
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
      const state = fields[0]
      return state === 'Z' || state === 'X' ? null : fields[19]!
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null // no such process: both ways of asking fail then
  }
}

let place: string | undefined

function placeOfPids(): string {
  place ??= `${hostname()} ${readOr('/proc/sys/kernel/random/boot_id')} ${linkOr('/proc/self/ns/pid')}`
  return place
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return '-' // not Linux: host and start time must do
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '-' // not Linux: there are no namespaces
  }
}
