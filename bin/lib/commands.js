/** Commands that run to their end, with their output in a log file. They end when this process is told to stop. */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { stripVTControlCharacters } from 'node:util'
import { Failure } from './failure.js'

const TAIL_CHARACTERS = 8_000
/** How `node ace` begins its lines. */
const LOG_PREFIX = /^\[ \w+ \] /
/** A logged error, or the headline of one that was thrown. */
const ERROR_LINE = /^(\[ error \] |ℹ )/
const running = new Set()

/**
 * Runs a command.
 * @param {string} command
 * @param {string[]} args
 * @param {{ logFile: string, cwd: string, env?: Record<string, string | undefined>, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number | string, tail: string }>} exit code or signal, and the end of its output
 */
export async function run(command, args, { logFile, cwd, env = process.env, onLine = () => undefined }) {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let tail = ''
  const keep = (chunk) => {
    log.write(chunk)
    tail = (tail + chunk).slice(-TAIL_CHARACTERS)
    const last = String(chunk).trimEnd().split('\n').pop()
    if (last) onLine(last.replace(LOG_PREFIX, ''))
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      keep(`${error.message}\n`)
      resolve(error.code ?? 1)
    })
    child.once('close', (status, name) => resolve(status ?? name))
  })
  running.delete(child)
  log.end()
  await finished(log)
  return { code, tail }
}

/** Like `run`, but an exit code other than 0 is a failure: the command's own last word on it, and the log's name. */
export async function mustRun(title, command, args, options) {
  const { code, tail } = await run(command, args, options)
  if (code === 0) return tail
  const lines = stripVTControlCharacters(tail).split('\n')
  const own = lines.findLast((line) => line.startsWith('placard: '))
  if (own) throw new Failure(own.slice('placard: '.length))
  const error =
    lines.findLast((line) => ERROR_LINE.test(line))?.replace(ERROR_LINE, '') ?? `exit code ${code}`
  throw new Failure(`${title} failed: ${error.trim()} (all of it in ${options.logFile})`)
}

/** Ends every command that runs now. */
export function endCommands(name = 'SIGTERM') {
  for (const child of running) child.kill(name)
}
