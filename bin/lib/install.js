/** The packages of package-lock.json: installed when node_modules does not hold exactly them. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './commands.js'
import { Failure } from './failure.js'
import { readJson, writeWhole } from './files.js'
import { inFolders } from './packages.js'

const stampOf = (root) => join(root, 'node_modules/.placard-installed')
const digestOf = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** The Node that everything runs on, a dependency of ours. */
export const pinnedNode = (root) => join(root, 'node_modules/node/bin/node')

/** True when this process runs on the pinned Node. */
export function isPinned(root) {
  const pinned = pinnedNode(root)
  return (
    existsSync(pinned) &&
    existsSync(process.execPath) &&
    realpathSync(pinned) === realpathSync(process.execPath)
  )
}

/** True when node_modules holds what package-lock.json says. */
export function isInstalled(root) {
  if (!existsSync(pinnedNode(root))) return false
  const digest = digestOf(root)
  const stamp = stampOf(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true
  if (!holdsLockfile(root)) return false
  writeWhole(stamp, digest)
  return true
}

/** npm writes node_modules/.package-lock.json last, so it tells what a finished installation holds. */
function holdsLockfile(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {}
  const found = readJson(join(root, 'node_modules/.package-lock.json'))?.packages
  if (!found) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    return found[path] ? found[path].version === entry.version : entry.optional === true
  })
}

/** Runs `npm ci`. @throws Failure with npm's reason and the log's name */
export async function install(root, logFile) {
  const [command, ...args] = npmCommand(root)
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress']
  const { code, tail } = await run(command, [...args, ...flags], {
    logFile,
    cwd: root,
    env: environment(root),
  })
  if (code !== 0) throw new Failure(`npm ci failed: ${reasonIn(tail) ?? code}; all of it in ${logFile}`)
  if (!existsSync(pinnedNode(root))) {
    throw new Failure(
      'Node 24 was not installed because npm ran no install scripts: set ignore-scripts=false and run npm start again'
    )
  }
  writeWhole(stampOf(root), digestOf(root))
}

/** The PATH without our node_modules, which npm is about to replace: npm itself must run on the machine's Node. */
function environment(root) {
  const inside = join(root, 'node_modules')
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(inside))
  return { ...process.env, PATH: path.join(delimiter), NODE_ENV: 'development' }
}

function npmCommand(root) {
  const found = inFolders(environment(root).PATH, 'npm')
  if (found) return [found]
  if (process.env.npm_execpath) return [process.execPath, process.env.npm_execpath]
  throw new Failure('npm was not found: install Node 20 or newer with npm (nodejs.org)')
}

/** The line of npm's output that tells most: the first that is not a code or a pointer to a log. */
function reasonIn(tail) {
  const lines = tail.split('\n').map((line) => /^npm (?:error|ERR!) (.*)$/.exec(line)?.[1]?.trim())
  return lines.find((line) => line && !/^(code|errno|syscall|path|A complete log)\b/.test(line)) ?? null
}
