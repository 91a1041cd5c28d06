/** Small files that must never be seen half written, and folders that must be writable. */
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Failure } from './failure.js'

/** Writes beside the target and renames over it, so a reader sees the old text or the new, never a part. */
export function writeWhole(path, text, mode = 0o644) {
  const next = `${path}.${process.pid}.new`
  try {
    writeFileSync(next, text, { mode })
    renameSync(next, path)
  } finally {
    rmSync(next, { force: true })
  }
}

/** Parsed JSON of a file; null when it is absent or not JSON (a record that can be made again). */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}

/** Makes a folder and its parents; a folder that cannot be written to is a failure that names it. */
export function writableFolder(path) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Failure(
      `cannot write to ${error.path ?? path} (${error.code}): give this user the right to write there, or clone the project into a folder of yours`,
      { cause: error }
    )
  }
  return path
}
