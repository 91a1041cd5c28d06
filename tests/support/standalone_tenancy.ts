import { Emitter } from '@adonisjs/core/events'
import { AppFactory } from '@adonisjs/core/factories/app'
import { Logger } from '@adonisjs/core/logger'
import { Database } from '@adonisjs/lucid/database'
import databaseConfig from '#config/database'
import { Tenancy } from '#modules/kernel/tenancy'

/**
 * The product's own connections without an application around them: for child processes that are killed, which
 * should start in a moment. Reads DATABASE_URL and APP_KEY like the product does.
 */
export function standaloneTenancy(): { tenancy: Tenancy; database: Database; close(): Promise<void> } {
  const app = new AppFactory().create(new URL('../../', import.meta.url))
  const database = new Database(databaseConfig, new Logger({ enabled: false }), new Emitter(app))
  return { tenancy: new Tenancy(database), database, close: () => database.manager.closeAll() }
}
