/** Entry point of `node ace`. */
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { Ignitor, prettyPrintError } from '@adonisjs/core'

const APP_ROOT = new URL('../', import.meta.url)
const IMPORTER = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

/**
 * The inspect commands only compute: they connect to nothing and sign nothing, so an operator may run them where the
 * product is not set up. What the environment lacks gets values that lead nowhere (RFC 2606).
 */
if (process.argv[2]?.startsWith('inspect:')) {
  process.env.APP_KEY ??= randomBytes(32).toString('hex')
  process.env.DATABASE_URL ??= 'postgres://inspect.invalid/none'
  process.env.REDIS_URL ??= 'redis://inspect.invalid'
}

new Ignitor(APP_ROOT, { importer: IMPORTER })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => app.terminate())
  })
  .ace()
  .handle(process.argv.splice(2))
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
