/** One launcher per storage area. The lock names its holder, so one left by a killed launcher is known as stale. */
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { identify, isAlive } from './processes.js'
import { readJson } from './files.js'

/**
 * Takes the lock file.
 * @param {string} path
 * @param {number} [inheritFrom] pid of a holder that hands over to us
 * @returns {{ held: true, release: () => void } | { held: false, holder: import('./processes.js').Identity }}
 */
export function takeLock(path, inheritFrom) {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(identify(process.pid)))
  try {
    for (;;) {
      if (link(mine, path)) return { held: true, release: () => release(path) }
      const holder = readJson(path)
      if (holder && isAlive(holder) && holder.pid !== inheritFrom) return { held: false, holder }
      if (holder?.pid === inheritFrom) {
        renameSync(mine, path)
        return { held: true, release: () => release(path) }
      }
      dropStale(path, holder)
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function link(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Moves the stale lock away under a name of ours; when it was replaced meanwhile it is put back. */
function dropStale(path, stale) {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return // somebody else dropped it
    throw error
  }
  const moved = readJson(aside)
  if (moved && isAlive(moved) && moved.pid !== stale?.pid) link(aside, path)
  rmSync(aside, { force: true })
}

function release(path) {
  const holder = readJson(path)
  if (holder?.pid === process.pid) rmSync(path, { force: true })
}
