/** `npm test`, step by step: packages, stores of its own, a fresh database, assets, Chromium, Japa, and all off again. */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Area } from './area.js'
import { Failure, report } from './failure.js'
import { handedOverBy, handOver } from './handover.js'
import { install, isInstalled, isPinned } from './install.js'
import { takeLock } from './lock.js'
import { red, step, warn } from './steps.js'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const SCRIPT = join(ROOT, 'bin/run_tests.js')
const DATABASE = 'placard_test'

/** Runs the tests and sets the exit code: Japa's, or 1 when they could not be set up. Never rejects. */
export async function test(argv) {
  try {
    process.exitCode = await launch(argv)
  } catch (error) {
    process.exitCode = report(error)
  }
}

async function launch(argv) {
  const area = new Area(ROOT, 'test')
  const lock = takeLock(area.lockFile, handedOverBy())
  if (!lock.held) {
    throw new Failure(`tests run already (process ${lock.holder.pid}): wait for them, or stop them first`)
  }
  try {
    const installed = isInstalled(ROOT)
    if (!installed) await step('Packages', () => install(ROOT, area.log('install')))
    if (!installed || !isPinned(ROOT)) return await handOver(ROOT, SCRIPT, argv)
    return await setUpAndRun(area, argv)
  } finally {
    lock.release()
  }
}

async function setUpAndRun(area, argv) {
  const { listenForStop, Stopped } = await import('./stop_signal.js')
  const stores = []
  const stop = listenForStop(() =>
    Promise.all(stores.map((store) => store.stop(true))).then(() => process.exit(130))
  )
  try {
    const environment = await setUp(area, stores, stop, argv.includes('--verify') ? '1' : '0.05')
    stop.check()
    const verify = argv.includes('--verify')
    const begun = performance.now()
    const code = await japa(
      area,
      environment,
      argv.filter((argument) => argument !== '--verify'),
      stop
    )
    if (verify && !stop.requested) {
      const { writeVerified } = await import('./verified.js')
      const files = { summaryFile: environment.TEST_SUMMARY, figuresFile: environment.TEST_FIGURES }
      writeVerified({
        root: ROOT,
        ...files,
        scale: environment.SCALE,
        minutes: (performance.now() - begun) / 60_000,
      })
    }
    return code
  } catch (error) {
    if (error instanceof Stopped || stop.requested) return 130
    throw error
  } finally {
    for (const store of stores.toReversed()) await store.stop()
  }
}

/** Nothing of the last run is left, neither in Redis nor on disk. */
async function emptyStorage(area) {
  const { endRedisIn } = await import('./redis.js')
  await endRedisIn(area.path('redis'))
  for (const name of ['redis', 'data', 'summary.json', 'figures.jsonl']) {
    rmSync(area.path(name), { recursive: true, force: true })
  }
  mkdirSync(area.path('data'))
}

/** DATABASE_URL is never used here: the database is dropped and made anew, and it might be somebody's. */
async function setUp(area, stores, stop, scale) {
  const { openDatabase, openRedis } = await import('./stores.js')
  const { recreateDatabase } = await import('./databases.js')
  const { findBrowser } = await import('./browser.js')
  const { buildAdmin, prepareDatabase, productEnvironment } = await import('./setup.js')
  const { freePort } = await import('./ports.js')
  const open = async (title, opening) => {
    stop.check()
    stores.push(await step(title, opening))
    return stores.at(-1)
  }
  await emptyStorage(area)
  const database = await open('PostgreSQL', () => openDatabase(area, undefined, DATABASE))
  const redis = await open('Redis', (note) =>
    openRedis(area, process.env.TEST_REDIS_URL, () => note('being installed'))
  )
  const environment = {
    ...productEnvironment({
      area,
      databaseUrl: database.url,
      redisUrl: redis.url,
      host: '127.0.0.1',
      port: await freePort(),
    }),
    NODE_ENV: 'test',
    STORAGE_DIR: area.path('data'),
    SCALE: process.env.SCALE || scale,
    TEST_SUMMARY: process.env.TEST_SUMMARY || area.path('summary.json'),
    TEST_FIGURES: area.path('figures.jsonl'),
  }
  delete environment.DATABASE_APP_URL
  delete environment.DATABASE_SYSTEM_URL
  stop.check()
  await step('Database', async () => {
    await recreateDatabase(database.process, DATABASE)
    await prepareDatabase({ area, environment })
  })
  stop.check()
  await step('Admin', () => buildAdmin({ area }))
  stop.check()
  const browser = await step('Chromium', (note) =>
    findBrowser(area.log('install'), () => note('being installed'))
  )
  if (!browser) {
    warn(red('!! No Chromium: install it or set CHROMIUM_PATH; the browser tests cannot run and will FAIL.'))
  }
  return { ...environment, CHROMIUM_PATH: browser ?? '' }
}

function japa(area, environment, argv, stop) {
  const child = spawn(process.execPath, ['--import=@poppinss/ts-exec', 'bin/test.ts', ...argv], {
    cwd: area.root,
    env: { ...environment, NO_COLOR: process.env.NO_COLOR },
    stdio: 'inherit',
  })
  const watch = setInterval(() => stop.requested && child.kill('SIGTERM'), 200)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      clearInterval(watch)
      resolve(code ?? 1)
    })
  })
}
