/** Finds or installs Redis, runs it on a port of its own with an append-only file, and adopts one that still runs. */
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Failure } from './failure.js'
import { readJson, writeWhole } from './files.js'
import { installPackages, onPath } from './packages.js'
import { freePort } from './ports.js'
import { end, isAlive, spawnApart, until } from './processes.js'

const START_TIMEOUT_MS = 30_000 // loading a big append-only file included
const PROGRAMS = ['redis-server', 'valkey-server']

/** @typedef {{ port: number, identity: import('./processes.js').Identity, password: string, adopted: boolean }} Redis */

export const redisUrl = (redis, database = 0) =>
  `redis://:${redis.password}@127.0.0.1:${redis.port}/${database}`

/** Path of a Redis program, installed when that is possible. @throws Failure with what to do when it is not to be had */
export async function findRedis(logFile, onInstall = () => undefined) {
  const found = onPath(...PROGRAMS)
  if (found) return found
  onInstall()
  if (await installPackages(['redis-server'], logFile)) {
    const installed = onPath(...PROGRAMS) ?? readable('/usr/bin/redis-server')
    if (installed) return installed
  }
  throw new Failure(
    'Redis was not found: install it so that "redis-server" or "valkey-server" is on the PATH, or set REDIS_URL to one that runs (redis://host:6379)'
  )
}

/**
 * Adopts the Redis of that folder, or starts one.
 * @param {{ folder: string, logFile: string, password: string, program: () => Promise<string> }} options
 *   `program` is asked only when one has to be started
 * @returns {Promise<Redis>}
 */
export async function startRedis({ folder, logFile, password, program }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const record = join(folder, 'running.json')
  const known = readJson(record)
  if (known && isAlive(known.identity)) {
    if (await until(() => accepts(known.port, password), 5_000)) return { ...known, password, adopted: true }
    await stopRedis(known)
  }
  const port = await freePort(known?.port)
  const config = join(folder, 'redis.conf')
  writeWhole(config, settings(folder, port, password), 0o600) // the password is not for the process list
  const { identity } = spawnApart(await program(), [config], { logFile, cwd: folder })
  const up = await until(async () => !isAlive(identity) || (await accepts(port, password)), START_TIMEOUT_MS)
  if (!up || !isAlive(identity)) {
    await end(identity)
    throw new Failure(`Redis did not start: ${lastLine(logFile)} (all of it in ${logFile})`)
  }
  writeWhole(record, JSON.stringify({ port, identity }), 0o600)
  return { port, identity, password, adopted: false }
}

/** Ends the Redis that runs in that folder, if any. */
export async function endRedisIn(folder) {
  const known = readJson(join(folder, 'running.json'))
  if (known) await stopRedis(known)
}

/** Saves and ends it; killed when that takes longer than 15 s. */
export const stopRedis = (redis) => end(redis.identity, { graceMs: 15_000 })

const settings = (folder, port, password) => `bind 127.0.0.1
port ${port}
requirepass ${password}
dir "${folder.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"
appendonly yes
appendfsync everysec
save ""
databases 64
daemonize no
maxmemory-policy noeviction
`

/** True when it lets us in with our password and has loaded its data. */
function accepts(port, password) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answer = ''
    const finish = (ready) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1_000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.on('data', (chunk) => {
      answer += chunk
      if (answer.split('\r\n').length >= 3) finish(answer === '+OK\r\n+PONG\r\n')
    })
  })
}

const readable = (path) => (statSync(path, { throwIfNoEntry: false }) ? path : null)

/** Last line of a log, looking at its last 4 KiB only. */
function lastLine(path) {
  const { size } = statSync(path)
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(size, 4_096))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8').trim().split('\n').pop()
  } finally {
    closeSync(file)
  }
}
