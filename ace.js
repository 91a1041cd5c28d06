/**
 * `node ace <command>`: registers the TypeScript loader, then runs the console kernel.
 * Started by another Node than the pinned 24 it hands over to `node_modules/.bin/node`. Without a `DATABASE_URL` of
 * yours it works on what `npm start` runs.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { useKeptEnvironment } from './bin/lib/kept_environment.js'

const pinned = fileURLToPath(new URL('node_modules/node/bin/node', import.meta.url))
if (Number(process.versions.node.split('.')[0]) < 24) {
  const run = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  if (run.error) console.error(`Node 24 is not installed here: run "npm install" first (${run.error.code})`)
  process.exit(run.status ?? 1)
}
useKeptEnvironment(fileURLToPath(new URL('.', import.meta.url)))
await import('@poppinss/ts-exec')
await import('./bin/console.ts')
