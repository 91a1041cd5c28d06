/** The part of `npm start` that runs on the pinned Node, with all packages there. */
import { recreateDatabase } from './databases.js'
import { Failure } from './failure.js'
import { empty } from './fresh.js'
import { npmAbove } from './handover.js'
import { answers, isFree } from './ports.js'
import { end, identify, isAlive } from './processes.js'
import { LogTail, rotate, startServer, stopServer, summary, trim, waitReady } from './server.js'
import { keepEnvironment } from './kept_environment.js'
import { buildAdmin, prepareDatabase, productEnvironment, seedDemo, wasSeeding } from './setup.js'
import { dim, say, step, warn } from './steps.js'
import { listenForStop, Stopped } from './stop_signal.js'
import { openDatabase, openRedis } from './stores.js'
import { keepUp } from './supervisor.js'
import { watchSources } from './watch.js'
import { welcome } from './welcome.js'

const DATABASE = 'placard'
const REVIVE_TIMEOUT_MS = 30_000
const ERRORS_PER_WINDOW = 5
const ERROR_WINDOW_MS = 10_000

/** Serves until it is told to stop. @returns {Promise<number>} exit code */
export async function serve(area, options) {
  const running = { stores: [], server: null }
  const stop = listenForStop(() => shutDown(area, running, true).then(() => process.exit(130)))
  try {
    area.note({ launcher: identify(process.pid), above: npmAbove(), state: 'starting', url: null })
    await clearGround(area, options)
    const served = await bringUp(area, options, running, stop)
    await stay(area, running, served, stop, options.watch)
    return 0
  } catch (error) {
    if (error instanceof Stopped || stop.requested) return 0
    throw error
  } finally {
    area.note({ state: 'stopping' })
    await shutDown(area, running)
    area.note({ state: 'stopped', server: null, launcher: null, above: [] })
  }
}

/** Ends a server that a killed launcher left, empties the area for --fresh, and looks whether the port is free. */
async function clearGround(area, { fresh, port }) {
  const orphan = area.record().server
  if (isAlive(orphan)) await step('Ending the server of a launcher that was killed', () => end(orphan))
  if (fresh && process.env.DATABASE_URL) {
    throw new Failure(
      '--fresh empties only the database that npm start runs itself: unset DATABASE_URL, or empty that one yourself'
    )
  }
  if (fresh) await step('Emptying storage/dev', () => empty(area))
  if (!(await portFree(port))) {
    throw new Failure(
      `port ${port} is taken: end what listens there, or choose another with npm start -- --port=${port + 1}`
    )
  }
}

async function portFree(port) {
  try {
    return (
      (await isFree(port, host())) && !(await answers(port, '127.0.0.1')) && !(await answers(port, '::1'))
    )
  } catch (error) {
    throw new Failure(
      `cannot listen on ${host()}:${port} (${error.code}): choose another with --port=3333 or HOST`,
      { cause: error }
    )
  }
}

const host = () => process.env.HOST || '127.0.0.1'

async function bringUp(area, options, running, stop) {
  const admin = buildAdmin({ area })
  admin.catch(() => undefined) // told when its turn comes
  const open = async (title, opening) => {
    stop.check()
    const store = await step(title, async (note) => {
      const opened = await opening(note)
      note(dim(opened.process ? (opened.adopted ? 'still ran' : '') : 'of your environment'))
      running.stores.push(opened)
      return opened
    })
    noteStore(area, store)
    return store
  }
  const database = await open('PostgreSQL', () => openDatabase(area, process.env.DATABASE_URL, DATABASE))
  const redis = await open('Redis', (note) =>
    openRedis(area, process.env.REDIS_URL, () => note(dim('being installed')))
  )
  const environment = productEnvironment({
    area,
    databaseUrl: database.url,
    redisUrl: redis.url,
    host: host(),
    port: options.port,
  })
  keepEnvironment(area, environment)
  stop.check()
  if (database.process && wasSeeding(area)) {
    await step('Demo whose seeding was interrupted, emptied', () =>
      recreateDatabase(database.process, DATABASE)
    )
  }
  const { id } = await step('Database', () => prepareDatabase({ area, environment }))
  stop.check()
  await step('Demo network', async (note) => {
    const onLine = (line) => note(dim(line))
    await seedDemo({ area, environment, databaseId: id, lineItems: options.lineItems, onLine })
    note('')
  })
  stop.check()
  await step('Admin', () => admin)
  stop.check()
  await step('Server', () => firstServer(area, environment, running, stop))
  area.note({ state: 'serving', url: `http://localhost:${options.port}` })
  say(welcome({ area, port: options.port, seconds: process.uptime() }))
  return { environment }
}

function noteStore(area, store) {
  area.note({ [store.key]: store.process && { port: store.process.port, ...store.process.identity } })
}

async function firstServer(area, environment, running, stop) {
  rotate(area.log('server'))
  const tail = new LogTail(area.log('server'))
  launchServer(area, environment, running)
  if (await ready(running, environment, stop)) return
  stop.check()
  const said = tail.lines().map(summary).filter(Boolean)
  throw new Failure(
    `the server stopped while it started: ${said[0] ?? 'it said nothing'}; all of it in ${area.log('server')}`
  )
}

function launchServer(area, environment, running) {
  running.server = startServer({ area, environment })
  area.note({ server: running.server })
}

const ready = (running, environment, stop, timeoutMs) =>
  waitReady({
    identity: running.server,
    host: environment.HOST,
    port: environment.PORT,
    stopped: () => stop.requested,
    timeoutMs,
  })

/** Stays until it is told to stop: whoever dies is started again, errors of the server are told. */
async function stay(area, running, { environment }, stop, watching) {
  const stores = running.stores.map((store) => ({
    name: store.name,
    logFile: area.log(store.key),
    alive: store.alive,
    revive: async () => {
      await store.revive()
      noteStore(area, store)
    },
  }))
  const server = {
    name: 'the server',
    logFile: area.log('server'),
    alive: () => isAlive(running.server),
    revive: async () => {
      launchServer(area, environment, running)
      await ready(running, environment, stop, REVIVE_TIMEOUT_MS)
    },
  }
  const unwatch = watching ? watchSources(area.root, () => restart(area, running, server)) : null
  await keepUp([...stores, server], { stopped: () => stop.requested, onLook: errorTeller(area) })
  unwatch?.()
}

/** Ends the server after a change; the supervisor starts it again. */
async function restart(area, running, unit) {
  say(dim('A source file changed.'))
  await buildAdmin({ area }).catch((error) => warn(`placard: ${error.message}`))
  unit.planned = true
  await stopServer(running.server)
}

/** Tells the server's errors on the console, a few per window, with the number of those left out. */
function errorTeller(area) {
  const tail = new LogTail(area.log('server'))
  let window = { since: Date.now(), told: 0, cut: 0 }
  return () => {
    trim(area.log('server'))
    if (Date.now() - window.since > ERROR_WINDOW_MS) {
      if (window.cut > 0) warn(dim(`… and ${window.cut} more lines in ${area.log('server')}`))
      window = { since: Date.now(), told: 0, cut: 0 }
    }
    for (const text of tail.lines().map(summary).filter(Boolean)) {
      if (window.told++ < ERRORS_PER_WINDOW) warn(`server: ${text}`)
      else window.cut++
    }
  }
}

/** Server first, stores after it, in the reverse order of their start. */
async function shutDown(area, running, force = false) {
  if (running.server) await stopServer(running.server, force)
  for (const store of running.stores.toReversed()) await store.stop(force)
  if (!force && running.stores.length > 0) say('Everything is stopped.')
}
