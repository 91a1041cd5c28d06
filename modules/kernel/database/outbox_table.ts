import type { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

type Schema = BaseSchema['schema']

/** Creates `<module>_outbox`, the one shape that `appendOutbox` and the dispatcher know. */
export function createOutboxTable(schema: Schema, module: string): void {
  const name = `${module}_outbox`
  schema.createTable(name, (table) => {
    table.uuid('id').primary()
    table.uuid('organisation_id').notNullable()
    table.string('name', 80).notNullable()
    table.integer('version').notNullable()
    table.jsonb('data').notNullable()
    table.timestamp('created_at', { useTz: true }).notNullable()
    table.timestamp('sent_at', { useTz: true }).nullable()
  })
  schema.raw(`alter table ${name} alter column created_at set default now()`)
  schema.raw(`create index ${name}_unsent on ${name} (id) where sent_at is null`)
  forceTenantRows(schema, name)
  keeps(schema, name, { retention: '7 days after being sent', erasure: 'none', why: 'ids and states only' })
}
