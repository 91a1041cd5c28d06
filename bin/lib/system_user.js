/**
 * PostgreSQL refuses to run as root. As root it runs as the system user `postgres` (made when missing); then its
 * program and its data must lie where that user may go, which a clone under a 0700 home is not.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from './failure.js'

const OUTSIDE = '/var/lib/placard'
const NAME = 'postgres'

/** @typedef {{ uid: number, gid: number } | null} User null = the user that runs this process */

const idOf = (flag) => {
  const run = spawnSync('id', [flag, NAME], { encoding: 'utf8' })
  return run.status === 0 ? Number(run.stdout.trim()) : null
}

/** User that PostgreSQL runs as: null unless we are root. */
export function postgresUser() {
  if (process.getuid?.() !== 0) return null
  if (idOf('-u') === null) createUser()
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  if (uid === null || gid === null) {
    throw new Failure(
      'PostgreSQL cannot run as root and no user "postgres" could be made: run as another user'
    )
  }
  return { uid, gid }
}

function createUser() {
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    NAME,
  ])
  if (made.status !== 0) spawnSync('adduser', ['-S', '-D', '-H', NAME]) // BusyBox
}

/** True when `user` may enter the folder. */
const mayEnter = (folder, user) =>
  user === null || spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' }).status === 0

/** Makes a folder that everybody may enter, whatever the umask. */
function openFolder(path) {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o755)
}

const placeFor = (path) => join(OUTSIDE, createHash('sha256').update(path).digest('hex').slice(0, 16))

/**
 * Folder that `user` owns and can reach, for the data wanted at `wanted`. When `user` cannot get there the data goes
 * to /var/lib/placard/<hash of the path>/ and `wanted` becomes a link to it.
 * @returns {string} the real folder; its parent can be written by us and entered by `user`
 */
export function reachableFolder(wanted, user) {
  if (user === null || mayEnter(dirname(wanted), user)) return wanted
  const real = join(placeFor(wanted), 'data')
  openFolder(OUTSIDE)
  openFolder(dirname(real))
  const link = lstatSync(wanted, { throwIfNoEntry: false })
  if (link && !link.isSymbolicLink()) {
    renameSync(wanted, real)
  } // the clone moved under a closed folder
  else if (!link) rmSync(real, { recursive: true, force: true }) // its storage folder, and its secrets, were removed
  if (link?.isSymbolicLink()) rmSync(wanted)
  symlinkSync(real, wanted)
  return real
}

/**
 * Folder of the PostgreSQL programs that `user` can run: the package's own, or a copy under /var/lib/placard.
 * @param {string} packageFolder holds `native/` and package.json
 * @param {string} version of the package; a copy is made once per version
 */
export function reachablePrograms(packageFolder, version, user) {
  const own = join(packageFolder, 'native')
  if (
    user === null ||
    spawnSync(join(own, 'bin/postgres'), ['--version'], { ...user, cwd: '/' }).status === 0
  ) {
    return own
  }
  const copy = join(OUTSIDE, `postgresql-${version}`)
  if (!existsSync(copy)) {
    const part = `${copy}.${process.pid}`
    openFolder(OUTSIDE)
    cpSync(own, part, { recursive: true, verbatimSymlinks: true })
    spawnSync('chmod', ['-R', 'a+rX', part])
    renameSync(part, copy)
  }
  return copy
}

/** Gives a file or folder to `user`. */
export function giveTo(path, user) {
  if (user) chownSync(path, user.uid, user.gid)
}
