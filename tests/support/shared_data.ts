import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const ROOT = process.env.PLACARD_SHARED ?? fileURLToPath(new URL('../../../shared/', import.meta.url))

/** Path of a file of the shared test data, which lies beside the project; null when it is not on this machine. */
export function sharedPath(relative: string): string | null {
  const path = join(ROOT, relative)
  return existsSync(path) ? path : null
}
