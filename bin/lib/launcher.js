/** `npm start`, step by step: packages, stores, database, demo, server; then it stays and keeps them up. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Area } from './area.js'
import { Failure, report } from './failure.js'
import { handedOverBy, handOver } from './handover.js'
import { install, isInstalled, isPinned } from './install.js'
import { takeLock } from './lock.js'
import { HELP, startOptions } from './options.js'
import { isAlive, until } from './processes.js'
import { step } from './steps.js'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const SCRIPT = join(ROOT, 'bin/start.js')
const STOPPING_TIMEOUT_MS = 60_000
const EXIT_AFTER_MS = 2_000

/** Runs the launcher and sets the exit code. Never rejects. */
export async function start(argv) {
  try {
    process.exitCode = await launch(argv)
  } catch (error) {
    process.exitCode = report(error)
  }
  setTimeout(() => process.exit(), EXIT_AFTER_MS).unref() // fires only when something still holds the event loop
}

async function launch(argv) {
  const options = startOptions(argv)
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const area = new Area(ROOT, 'dev')
  const lock = await lockOf(area)
  try {
    const installed = isInstalled(ROOT)
    if (!installed) await step('Packages', () => install(ROOT, area.log('install')))
    if (!installed || !isPinned(ROOT)) return await handOver(ROOT, SCRIPT, argv)
    const environmentFile = join(ROOT, '.env')
    if (existsSync(environmentFile)) process.loadEnvFile(environmentFile)
    const { serve } = await import('./serve.js')
    return await serve(area, startOptions(argv)) // once more, for PORT in .env
  } finally {
    lock.release()
  }
}

/** The area's lock; one that is held by a launcher that is stopping is waited for. */
async function lockOf(area) {
  let lock = takeLock(area.lockFile, handedOverBy())
  if (lock.held) return lock
  if (isStopping(area)) {
    await step('Waiting for the one that is stopping', () =>
      until(() => !isAlive(lock.holder), STOPPING_TIMEOUT_MS)
    )
    lock = takeLock(area.lockFile, handedOverBy())
    if (lock.held) return lock
  }
  const { url, state } = area.record()
  const where = state === 'serving' ? `runs already at ${url}` : 'is already starting'
  throw new Failure(
    `Placard ${where} (process ${lock.holder.pid}): stop that one first, with Ctrl-C in its terminal`
  )
}

/** True when the running launcher is on its way out, or soon will be because its npm was killed. */
function isStopping(area) {
  const { state, above = [] } = area.record()
  return state === 'stopping' || !above.every(isAlive)
}
