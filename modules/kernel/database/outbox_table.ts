import type { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

type Schema = BaseSchema['schema']

/** Creates `<module>_outbox`, the one shape that `appendOutbox` knows; `addOutboxAttempts` completes it. */
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

/** Adds what the dispatcher remembers of failures, and the indexes that it reads by. */
export function addOutboxAttempts(schema: Schema, module: string): void {
  const name = `${module}_outbox`
  schema.alterTable(name, (table) => {
    table.integer('attempts').notNullable().defaultTo(0).comment('deliveries that failed')
    table.timestamp('retry_at', { useTz: true }).nullable().comment('not tried again before; null = now')
  })
  schema.raw(`drop index ${name}_unsent`)
  schema.raw(`create index ${name}_due on ${name} (organisation_id, id) where sent_at is null`)
  schema.raw(`create index ${name}_sent on ${name} (sent_at) where sent_at is not null`)
  keeps(schema, name, {
    retention: '7 days after being sent; what could not be delivered, until it is',
    erasure: 'none',
    why: 'ids, also of staff, states, and changed fields of business objects; no names or addresses of people, no data of visitors',
  })
}

/** Undoes `addOutboxAttempts`. */
export function dropOutboxAttempts(schema: Schema, module: string): void {
  const name = `${module}_outbox`
  schema.raw(`drop index ${name}_sent`)
  schema.raw(`drop index ${name}_due`)
  schema.raw(`create index ${name}_unsent on ${name} (id) where sent_at is null`)
  schema.alterTable(name, (table) => table.dropColumns('attempts', 'retry_at'))
  keeps(schema, name, { retention: '7 days after being sent', erasure: 'none', why: 'ids and states only' })
}
