/**
 * Scratch stores for people who work on the code: one PostgreSQL and one Redis in `storage/scratch`, a database and
 * a Redis number per name. They keep running until `stop`.
 *
 *   eval "$(node bin/dev_services.js env NAME)"   starts what is missing and prints the environment of NAME
 *   node bin/dev_services.js reset NAME           empties the database of NAME
 *   node bin/dev_services.js stop                 ends both stores
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDatabase, recreateDatabase } from './lib/databases.js'
import { Failure, report } from './lib/failure.js'
import { readJson, writableFolder, writeWhole } from './lib/files.js'
import { freePort } from './lib/ports.js'
import { startPostgres, stopPostgres } from './lib/postgres.js'
import { findRedis, redisUrl, startRedis, stopRedis } from './lib/redis.js'
import { secretsOf } from './lib/secrets.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'storage/scratch')
const FIRST_PORT = 4_400
const REDIS_DATABASES = 64

async function stores() {
  writableFolder(folder)
  const secrets = secretsOf(folder)
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: secrets.postgresPassword,
    root,
  })
  const program = () => findRedis(join(folder, 'install.log'))
  const redis = await startRedis({
    folder: join(folder, 'redis'),
    logFile: join(folder, 'redis.log'),
    password: secrets.redisPassword,
    program,
  })
  return { secrets, postgres, redis }
}

/** A number per name, kept, so that names share neither a Redis database nor a port. */
function numberOf(name) {
  const path = join(folder, 'names.json')
  const names = readJson(path) ?? {}
  names[name] ??= Object.keys(names).length + 1
  if (names[name] >= REDIS_DATABASES) {
    throw new Failure(`storage/scratch has no room for more than ${REDIS_DATABASES - 1} names`)
  }
  writeWhole(path, JSON.stringify(names))
  return names[name]
}

async function printEnvironment(name) {
  const { secrets, postgres, redis } = await stores()
  const number = numberOf(name)
  const port = await freePort(FIRST_PORT + number)
  const storage = join(folder, name)
  mkdirSync(storage, { recursive: true })
  const environment = {
    NODE_ENV: 'development',
    APP_KEY: secrets.appKey,
    DATABASE_URL: await ensureDatabase(postgres, `placard_${name}`),
    REDIS_URL: redisUrl(redis, number),
    STORAGE_DIR: storage,
    HOST: '127.0.0.1',
    PORT: port,
    DELIVERY_ORIGIN: `http://localhost:${port}`,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  }
  for (const [key, value] of Object.entries(environment)) {
    console.log(`export ${key}='${String(value).replaceAll("'", `'\\''`)}'`)
  }
}

async function main([command, name = '']) {
  if (['env', 'reset'].includes(command) && !/^[a-z][a-z0-9_]{0,30}$/.test(name)) {
    throw new Failure(`usage: node bin/dev_services.js ${command} NAME (small letters, digits, _)`)
  }
  if (command === 'env') return printEnvironment(name)
  const { postgres, redis } = await stores()
  if (command === 'reset') return recreateDatabase(postgres, `placard_${name}`)
  if (command !== 'stop') {
    throw new Failure('usage: node bin/dev_services.js env NAME | reset NAME | stop', { exitCode: 2 })
  }
  await stopRedis(redis)
  await stopPostgres(postgres)
}

main(process.argv.slice(2)).catch((error) => {
  process.exitCode = report(error)
})
