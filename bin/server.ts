/** Entry point of the HTTP server: `node --import=@poppinss/ts-exec bin/server.ts`. */
import 'reflect-metadata'
import type { Server } from 'node:http'
import { Ignitor, prettyPrintError } from '@adonisjs/core'

const APP_ROOT = new URL('../', import.meta.url)
const IMPORTER = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

new Ignitor(APP_ROOT, { importer: IMPORTER })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    const end = async () => {
      const { drain } = await import('#app/operations/drain')
      const server = (await app.container.make('server')).getNodeServer()
      if (server) drain(server as Server)
      await app.terminate()
    }
    app.listen('SIGTERM', () => void end())
    app.listenIf(app.managedByPm2, 'SIGINT', () => void end())
  })
  .httpServer()
  .start()
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
