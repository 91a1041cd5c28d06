/** From the Node that npm was started with to the pinned one. */
import { spawn } from 'node:child_process'
import { pinnedNode } from './install.js'
import { Failure } from './failure.js'
import { describe, isAlive } from './processes.js'

const MARK = 'PLACARD_HANDED_OVER_BY'
const LOOK_EVERY_MS = 1_000
const DEEPEST_NPM = 4 // npm, its shell, the Node that handed over
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** pid of the process that handed over to this one, if one did. */
export const handedOverBy = () => (Number(process.env[MARK]) === process.ppid ? process.ppid : undefined)

/**
 * Runs the same command on the pinned Node, with signals passed on.
 * @returns {Promise<number>} its exit code
 */
export function handOver(root, script, argv) {
  const env = { ...process.env, [MARK]: String(process.pid) }
  const child = spawn(pinnedNode(root), [script, ...argv], { stdio: 'inherit', env })
  for (const name of SIGNALS) process.on(name, () => child.kill(name))
  whenOrphaned(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(
        new Failure(
          `Node 24 cannot be started (${error.code ?? error.message}): remove node_modules and run npm start again`
        )
      )
    })
    child.once('exit', (code, name) => resolve(code ?? (name === 'SIGINT' ? 130 : 1)))
  })
}

/**
 * Calls back once when npm, which started this process, has died without saying so (kill -9). Started by hand the
 * process may outlive its parent, as a daemon does.
 */
export function whenOrphaned(callback) {
  const above = npmAbove()
  if (above.length === 0) return
  const timer = setInterval(() => {
    if (above.every(isAlive)) return
    clearInterval(timer)
    callback()
  }, LOOK_EVERY_MS)
  timer.unref()
}

/**
 * The processes from our parent up to npm (npm runs scripts in a shell, which may stay in between); the parent only
 * when npm does not show by its name; none when npm did not start us.
 */
export function npmAbove() {
  if (!process.env.npm_lifecycle_event) return []
  const above = []
  for (let pid = process.ppid; pid > 1 && above.length < DEEPEST_NPM;) {
    const seen = describe(pid)
    if (!seen) break
    above.push(seen.identity)
    if (seen.name.startsWith('npm')) return above
    pid = seen.parent
  }
  return above.slice(0, 1)
}
