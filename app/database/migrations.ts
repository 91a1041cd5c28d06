import type { ApplicationService } from '@adonisjs/core/types'
import { Emitter } from '@adonisjs/core/events'
import { Logger } from '@adonisjs/core/logger'
import { Database } from '@adonisjs/lucid/database'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import databaseConfig from '#config/database'

/** A migration failed; its name and the cause. Those before it are kept. */
export class MigrationFailed extends Error {
  constructor(name: string, cause: Error) {
    super(`migration ${name} failed: ${cause.message}`, { cause })
  }
}

/**
 * Runs pending migrations on the owner's connection, with a database manager of its own: no provider has to boot,
 * so this works on an empty database and takes half a second when there is nothing to do.
 * @returns names of the migrations that ran
 * @throws MigrationFailed
 */
export async function migrate(app: ApplicationService): Promise<string[]> {
  const database = new Database(databaseConfig, new Logger({ enabled: false }), new Emitter(app))
  const runner = new MigrationRunner(database, app, { direction: 'up', connectionName: 'owner' })
  try {
    await runner.run()
  } finally {
    await runner.close()
    await database.manager.closeAll()
  }
  const files = Object.values(runner.migratedFiles)
  const failed = files.find((entry) => entry.status === 'error')
  if (runner.error && failed) throw new MigrationFailed(failed.file.name, runner.error)
  if (runner.error) throw runner.error
  return files.filter((entry) => entry.status === 'completed').map((entry) => entry.file.name)
}
