/** From the Node that npm was started with to the pinned one. */
import { spawn } from 'node:child_process'
import { pinnedNode } from './install.js'
import { Failure } from './failure.js'

const MARK = 'PLACARD_HANDED_OVER_BY'
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
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, 1_000)
  timer.unref()
}
