/** The web process: started, watched until it is ready, its errors told on the console. */
import { closeSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { Failure } from './failure.js'
import { end, isAlive, sleep, spawnApart } from './processes.js'

const READY_TIMEOUT_MS = 120_000
const LOG_LIMIT_BYTES = 64 * 1024 * 1024 // then the log starts anew, the old one kept as server.log.1
const READ_BYTES = 64 * 1024
const ERROR_LEVEL = 50 // pino
const STOP_GRACE_MS = 20_000 // open requests and the last flush

/** Starts `bin/server.ts` in a session of its own. @returns {import('./processes.js').Identity} */
export function startServer({ area, environment }) {
  const logFile = area.log('server')
  const child = spawnApart(process.execPath, ['--import=@poppinss/ts-exec', 'bin/server.ts'], {
    logFile,
    cwd: area.root,
    env: environment,
  })
  return child.identity
}

export const stopServer = (identity, force = false) => end(identity, { graceMs: force ? 0 : STOP_GRACE_MS })

/**
 * Waits until `/health/ready` answers 200.
 * @returns {Promise<boolean>} false when the process died or `stopped()` became true
 */
export async function waitReady({
  identity,
  host,
  port,
  stopped = () => false,
  timeoutMs = READY_TIMEOUT_MS,
}) {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/health/ready`
  const deadline = Date.now() + timeoutMs
  let last = 'no answer'
  while (isAlive(identity) && !stopped()) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
      if (answer.status === 200) return true
      last = `${answer.status} ${(await answer.text()).slice(0, 200).replace(/\s+/g, ' ')}`
    } catch (error) {
      last = error.cause?.code ?? error.message
    }
    if (Date.now() > deadline) throw new Failure(`the server runs but does not become ready (${last})`)
    await sleep(100)
  }
  return false
}

/** Reads what is appended to a log and hands complete lines on. */
export class LogTail {
  constructor(path) {
    this.path = path
    this.position = sizeOf(path)
    this.rest = ''
  }

  /** Lines written since the last call. A log that grew past its limit starts anew. */
  lines() {
    const size = sizeOf(this.path)
    if (size < this.position) this.position = 0
    const file = size > this.position ? openSync(this.path, 'r') : null
    while (file !== null && this.position < size) {
      const buffer = Buffer.alloc(Math.min(READ_BYTES, size - this.position))
      const length = readSync(file, buffer, 0, buffer.length, this.position)
      if (length === 0) break
      this.position += length
      this.rest += buffer.toString('utf8', 0, length)
    }
    if (file !== null) closeSync(file)
    const lines = this.rest.split('\n')
    this.rest = lines.pop() ?? ''
    return lines
  }
}

/** Moves a log that is too long out of the way. Only while nobody writes to it. */
export function rotate(path) {
  if (sizeOf(path) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`)
}

/** Empties a log that is too long while its writer goes on: it appends, so it carries on at the start. */
export function trim(path) {
  if (sizeOf(path) > LOG_LIMIT_BYTES) truncateSync(path, 0)
}

/** What a person should see of a line of the server's log: errors in one line each, a crash by its headline. */
export function summary(line) {
  const text = stripVTControlCharacters(line)
  if (!text.startsWith('{')) return /^(\s|$)/.test(text) ? null : text.replace(/^ℹ /, '')
  let entry
  try {
    entry = JSON.parse(text)
  } catch {
    return text // cut by a crash: still worth seeing
  }
  if (!(entry.level >= ERROR_LEVEL)) return null
  const reason = entry.err?.message
  return `${entry.msg ?? 'error'}${reason && reason !== entry.msg ? `: ${reason}` : ''}`.split('\n')[0]
}

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
