/** Secrets of one storage area, made once and kept with mode 0600. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './files.js'
import { Failure } from './failure.js'

/**
 * Reads `secrets.json` of the area, making what is missing.
 * @returns {{ appKey: string, postgresPassword: string, redisPassword: string }}
 */
export function secretsOf(directory) {
  const path = join(directory, 'secrets.json')
  const known = read(path)
  const secrets = {
    appKey: known.appKey ?? randomBytes(32).toString('base64url'),
    postgresPassword: known.postgresPassword ?? randomBytes(24).toString('base64url'),
    redisPassword: known.redisPassword ?? randomBytes(24).toString('base64url'),
  }
  const complete = Object.keys(secrets).every((name) => known[name] === secrets[name])
  if (!complete) writeWhole(path, `${JSON.stringify(secrets, null, 2)}\n`, 0o600)
  return secrets
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    if (error instanceof SyntaxError) {
      throw new Failure(`${path} is not JSON: restore it, or start with --fresh`)
    }
    throw error
  }
}
