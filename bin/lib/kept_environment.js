/** What `npm start` runs the product with, kept so that `node ace …` in another terminal speaks to the same database. */
import { join } from 'node:path'
import { readJson, writeWhole } from './files.js'

const FILE = 'environment.json'
const NAMES = [
  'NODE_ENV',
  'APP_KEY',
  'DATABASE_URL',
  'REDIS_URL',
  'HOST',
  'PORT',
  'STORAGE_DIR',
  'DELIVERY_ORIGIN',
]

/** Written at each start, readable by the owner only: it holds secrets. */
export function keepEnvironment(area, environment) {
  const kept = Object.fromEntries(NAMES.map((name) => [name, environment[name]]))
  writeWhole(area.path(FILE), `${JSON.stringify(kept, null, 2)}\n`, 0o600)
}

/** Fills in what the environment does not say itself. Does nothing where `DATABASE_URL` is set or nothing was ever started. */
export function useKeptEnvironment(root) {
  if (process.env.DATABASE_URL) return
  const kept = readJson(join(root, 'storage/dev', FILE)) ?? {}
  for (const [name, value] of Object.entries(kept)) process.env[name] ??= value
}
