/**
 * Three connections to one database:
 * - `app`: what controllers and services use. Owns no table; sees the rows of one organisation per transaction.
 * - `system`: background work that crosses organisations (settlement, roll-ups, snapshot compiler, log-in look-up).
 *   Owns no table and bypasses nothing; tables that it may cross say so with a policy of their own.
 * - `owner`: migrations only.
 */
import env from '#start/env'
import { defineConfig } from '@adonisjs/lucid'
import { roleUrl } from '#config/database_roles'

const owner = env.get('DATABASE_URL')
const key = env.get('APP_KEY').release()

const connection = (url: string, max: number) => ({
  client: 'pg' as const,
  connection: { connectionString: url, application_name: 'placard' },
  pool: { min: 0, max },
  migrations: { naturalSort: true, paths: ['database/migrations'] },
  schemaGeneration: { enabled: false },
})

export default defineConfig({
  connection: 'app',
  connections: {
    app: connection(env.get('DATABASE_APP_URL') ?? roleUrl(owner, 'app', key), 10),
    system: connection(env.get('DATABASE_SYSTEM_URL') ?? roleUrl(owner, 'system', key), 6),
    owner: connection(owner, 2),
  },
})
