/** From stores that answer to a product that can be served: migrations, demo network, the admin's assets. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { mustRun } from './commands.js'
import { Failure } from './failure.js'
import { readJson, writeWhole } from './files.js'

/** Everything that decides what `node ace prepare` would do. */
const PREPARED_BY = [
  'database/migrations',
  'modules/kernel/database',
  'app/database',
  'app/commands/prepare.ts',
  'config/database_roles.ts',
]

const SEEDING = 'demo.seeding' // there while the seeder runs

/** Environment of every process of the product that runs on this area. */
export function productEnvironment({ area, databaseUrl, redisUrl, host, port }) {
  const origin = `http://localhost:${port}`
  return {
    NODE_ENV: 'development',
    ...process.env,
    APP_KEY: process.env.APP_KEY || area.secrets().appKey,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    HOST: host,
    PORT: String(port),
    STORAGE_DIR: area.folder,
    DELIVERY_ORIGIN: process.env.DELIVERY_ORIGIN || origin,
    FORCE_COLOR: undefined,
    NO_COLOR: '1',
  }
}

/**
 * Runs `node ace prepare` unless the database says that the very same preparation was done.
 * @returns {Promise<{ id: string, ran: boolean }>} the database's own id, made when it was first prepared
 */
export async function prepareDatabase({ area, environment }) {
  const stamp = fingerprint(area.root, environment.APP_KEY)
  const before = await keptStamp(environment.DATABASE_URL)
  if (before?.stamp === stamp) return { id: before.id, ran: false }
  await ace('preparing the database', ['prepare', `--stamp=${stamp}`], { area, environment })
  return { id: (await keptStamp(environment.DATABASE_URL))?.id, ran: true }
}

/**
 * Seeds the demo network once for each database. Later starts only renew the origin in demo.json.
 * @param {{ lineItems: number | null, onLine?: (line: string) => void }} options `lineItems` as the flag said
 * @returns {Promise<boolean>} true when the seeder ran
 */
export async function seedDemo({ area, environment, databaseId, lineItems, onLine }) {
  if (!existsSync(join(area.root, 'app/commands/demo_seed.ts'))) return false
  const record = area.path('demo.seeded.json')
  const known = readJson(record)
  const demo = readJson(area.path('demo.json'))
  if (demo && known?.databaseId === databaseId) {
    if (lineItems !== null && lineItems !== known.lineItems) {
      throw new Failure(
        `the demo network is there already, with ${known.lineItems} further line items: npm start -- --fresh --line-items=${lineItems} makes it anew`
      )
    }
    renewOrigin(area, demo, environment.DELIVERY_ORIGIN)
    return false
  }
  const flags = lineItems === null ? [] : [`--line-items=${lineItems}`]
  writeWhole(area.path(SEEDING), '')
  await ace('seeding the demo network', ['demo:seed', ...flags], { area, environment, onLine })
  writeWhole(record, JSON.stringify({ databaseId, lineItems: lineItems ?? 0 }))
  rmSync(area.path(SEEDING), { force: true })
  return true
}

/** True when a seeder was cut short: what it made is half a demo and nothing else was there before. */
export const wasSeeding = (area) => existsSync(area.path(SEEDING)) && !existsSync(area.path('demo.json'))

function renewOrigin(area, demo, origin) {
  const renewed = { ...demo, url: origin, edgeUrl: origin }
  if (JSON.stringify(renewed) === JSON.stringify(demo)) return
  writeWhole(area.path('demo.json'), `${JSON.stringify(renewed, null, 2)}\n`, 0o600)
}

/** Builds the admin's assets; the build itself skips when nothing changed. */
export async function buildAdmin({ area }) {
  const script = join(area.root, 'bin/build_admin.js')
  if (!existsSync(script)) return
  await mustRun('building the admin', process.execPath, [script], {
    logFile: area.log('build'),
    cwd: area.root,
  })
}

const ace = (title, args, { area, environment, onLine }) =>
  mustRun(title, process.execPath, ['ace.js', ...args], {
    logFile: area.log('setup'),
    cwd: area.root,
    env: environment,
    onLine,
  })

function fingerprint(root, appKey) {
  const hash = createHash('sha256').update(appKey)
  for (const entry of PREPARED_BY) {
    for (const file of filesOf(join(root, entry))) {
      hash.update(relative(root, file)).update(readFileSync(file))
    }
  }
  return hash.digest('hex').slice(0, 32)
}

function filesOf(path) {
  if (!existsSync(path)) return []
  if (path.endsWith('.ts')) return [path]
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/** The stamp that `node ace prepare` left; null when there is none or the database cannot be asked (prepare says why). */
async function keptStamp(url) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query(
      `select obj_description(to_regclass('public.adonis_schema'), 'pg_class') as kept`
    )
    return rows[0].kept === null ? null : JSON.parse(rows[0].kept)
  } catch {
    return null
  } finally {
    await client.end()
  }
}
