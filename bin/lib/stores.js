/** The two stores of an area: ours, started or adopted, unless DATABASE_URL and REDIS_URL name others. */
import { ensureDatabase } from './databases.js'
import { Failure } from './failure.js'
import { answers } from './ports.js'
import { startPostgres, stopPostgres } from './postgres.js'
import { isAlive } from './processes.js'
import { findRedis, redisUrl, startRedis, stopRedis } from './redis.js'

/**
 * @typedef {object} Store
 * @property {'postgres' | 'redis'} key name of its log and its record
 * @property {string} name for people
 * @property {string} url
 * @property {boolean} adopted it ran before
 * @property {object | null} process port and identity; null when it is not ours
 * @property {() => boolean} alive
 * @property {() => Promise<void>} revive starts it again on the same port
 * @property {(force?: boolean) => Promise<unknown>} stop
 */

const foreign = (key, name, url) => ({
  key,
  name,
  url,
  adopted: false,
  process: null,
  alive: () => true,
  revive: async () => undefined,
  stop: async () => undefined,
})

/** A store of ours, started by `start`, whose process may change when it is revived. */
async function own(key, name, start, end, forceSignal, url) {
  const store = {
    key,
    name,
    process: await start(),
    alive: () => isAlive(store.process.identity),
    revive: async () => {
      store.process = await start(store.process.port)
    },
    stop: (force) => (force ? killNow(store.process.identity, forceSignal) : end(store.process)),
  }
  store.adopted = store.process.adopted
  store.url = await url(store.process)
  return store
}

async function killNow(identity, name) {
  if (isAlive(identity)) process.kill(identity.pid, name)
}

/** @param {import('./area.js').Area} area @param {string} [given] DATABASE_URL @returns {Promise<Store>} */
export async function openDatabase(area, given, database = 'placard') {
  if (given) return foreign('postgres', 'PostgreSQL', postgresUrl(given))
  const { postgresPassword: password } = area.secrets()
  const before = area.record().postgres?.port
  const start = (port = before) =>
    startPostgres({
      folder: area.path('postgres'),
      logFile: area.log('postgres'),
      password,
      port,
      root: area.root,
    })
  return own('postgres', 'PostgreSQL', start, stopPostgres, 'SIGQUIT', (cluster) =>
    ensureDatabase(cluster, database)
  )
}

/** @param {import('./area.js').Area} area @param {string} [given] REDIS_URL @param {() => void} [onInstall] */
export async function openRedis(area, given, onInstall) {
  if (given) return foreign('redis', 'Redis', await reachableRedis(given))
  const { redisPassword: password } = area.secrets()
  const program = () => findRedis(area.log('install'), onInstall)
  const start = () =>
    startRedis({ folder: area.path('redis'), logFile: area.log('redis'), password, program })
  return own('redis', 'Redis', start, stopRedis, 'SIGKILL', async (redis) => redisUrl(redis))
}

/** The shape only: `node ace prepare` connects and says what is wrong. */
function postgresUrl(given) {
  const url = parsed(given)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    throw new Failure(
      'DATABASE_URL is not a PostgreSQL URL: write postgres://user:password@host:5432/database'
    )
  }
  return given
}

async function reachableRedis(given) {
  const url = parsed(given)
  if (!url || !/^rediss?:$/.test(url.protocol) || !url.hostname) {
    throw new Failure('REDIS_URL is not a Redis URL: write redis://:password@host:6379/0')
  }
  const port = Number(url.port || 6379)
  if (!(await answers(port, url.hostname.replace(/^\[|\]$/g, ''), 5_000))) {
    throw new Failure(`nothing listens at ${url.hostname}:${port}: start that Redis or correct REDIS_URL`)
  }
  return given
}

function parsed(text) {
  try {
    return new URL(text)
  } catch {
    return null // not a URL: the caller says so
  }
}
