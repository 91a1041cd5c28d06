/** `--fresh`: ends what still runs in an area and empties it. */
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { endPostgresIn } from './postgres.js'
import { endRedisIn } from './redis.js'

/** @param {import('./area.js').Area} area whose lock is held by us; the lock and the record of runs stay */
export async function empty(area) {
  await endRedisIn(area.path('redis'))
  await endPostgresIn(area.path('postgres'))
  const data = area.path('postgres')
  if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true }) // it may lie outside the clone
  const kept = new Set([basename(area.lockFile), basename(area.runFile)])
  for (const name of readdirSync(area.folder)) {
    if (!kept.has(name)) rmSync(join(area.folder, name), { recursive: true, force: true })
  }
}
