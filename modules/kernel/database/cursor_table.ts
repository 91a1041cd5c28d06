import type { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

type Schema = BaseSchema['schema']

/**
 * Creates `<module>_cursors`, where the consumers of a module remember how far they have read; `Cursors` moves them.
 * A cursor belongs to the installation, not to a tenant: no tenant sees one.
 */
export function createCursorTable(schema: Schema, module: string): void {
  const name = `${module}_cursors`
  schema.createTable(name, (table) => {
    table.string('name', 80).primary().comment('what is read: settled_facts, ...')
    table.uuid('organisation_id').notNullable().comment('INSTALLATION')
    table.bigInteger('position').notNullable().comment('seq of the last fact whose effects are committed')
    table.timestamp('moved_at', { useTz: true }).notNullable()
  })
  forceTenantRows(schema, name)
  keeps(schema, name, { retention: 'as long as the consumer', erasure: 'none', why: 'positions only' })
}
