/** Processes by identity: a pid alone may have been given to somebody else since it was written down. */
import { spawn, spawnSync } from 'node:child_process'
import { openSync, closeSync, readFileSync } from 'node:fs'

/** @typedef {{ pid: number, startedAt: string }} Identity pid and the kernel's (or ps's) start time of the process */

const EXITED = new Set(['Z', 'X'])

/** State letter, start time, parent and name of a process, or null when there is none. */
function look(pid) {
  return process.platform === 'linux' ? lookInProc(pid) : lookByPs(pid)
}

function lookInProc(pid) {
  let stat
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null // no such process
  }
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')] // the name between may hold spaces and brackets
  const fields = stat.slice(close + 2).split(' ')
  return {
    name: stat.slice(open + 1, close),
    state: fields[0],
    parent: Number(fields[1]),
    startedAt: fields[19],
  }
}

function lookByPs(pid) {
  const run = spawnSync('ps', ['-o', 'state=,ppid=,lstart=,comm=', '-p', String(pid)], { encoding: 'utf8' })
  const found = /^(\S)\S*\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec((run.stdout ?? '').trim())
  if (!found) return null
  return { state: found[1], parent: Number(found[2]), startedAt: found[3], name: found[4].split('/').pop() }
}

/** Identity of a running process, null when it is gone. */
export function identify(pid) {
  const seen = look(pid)
  return seen && !EXITED.has(seen.state) ? { pid, startedAt: seen.startedAt } : null
}

/** Identity, parent's pid and short name of a running process, null when it is gone. */
export function describe(pid) {
  const seen = look(pid)
  if (!seen || EXITED.has(seen.state)) return null
  return { identity: { pid, startedAt: seen.startedAt }, parent: seen.parent, name: seen.name }
}

/** True while that very process runs. @param {Identity | null | undefined} identity */
export function isAlive(identity) {
  if (!identity?.pid) return false
  return identify(identity.pid)?.startedAt === identity.startedAt
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Polls until `check` is true; false when `timeoutMs` went by. */
export async function until(check, timeoutMs, everyMs = 50) {
  const end = Date.now() + timeoutMs
  for (;;) {
    if (await check()) return true
    if (Date.now() >= end) return false
    await sleep(everyMs)
  }
}

/** Sends a signal to that very process; false when it is gone. */
export function signal(identity, name) {
  if (!isAlive(identity)) return false
  try {
    process.kill(identity.pid, name)
    return true
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

/**
 * Ends a process and waits: `first` signal, then `last` when it is still there after `graceMs`.
 * @returns {Promise<boolean>} false when it could not be ended
 */
export async function end(identity, { first = 'SIGTERM', last = 'SIGKILL', graceMs = 10_000 } = {}) {
  if (!signal(identity, first)) return true
  if (await until(() => !isAlive(identity), graceMs)) return true
  signal(identity, last)
  return until(() => !isAlive(identity), 5_000)
}

/**
 * Starts a process in a session of its own with its output in a file, so that neither Ctrl-C in the terminal
 * nor the death of this process reaches it.
 * @returns {import('node:child_process').ChildProcess & { identity: Identity }}
 */
export function spawnApart(command, args, { logFile, ...options }) {
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] })
    child.once('error', () => undefined) // a program that cannot be started has no identity: the caller sees that
    child.unref()
    child.identity = child.pid ? (identify(child.pid) ?? { pid: child.pid, startedAt: 'gone' }) : null
    return child
  } finally {
    closeSync(log)
  }
}
