import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** What could not be settled, with the reason; nothing that was acknowledged is thrown away. */
export default class extends BaseSchema {
  protected tableName = 'events_dead_letters'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('INSTALLATION when the bytes do not say')
      table.uuid('log_id').notNullable()
      table.integer('segment').notNullable()
      table.bigInteger('byte_offset').notNullable()
      table.string('reason', 40).notNullable()
      table
        .binary('payload')
        .notNullable()
        .comment('the record, or the damaged bytes, at most 64 KiB of them')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.index(['created_at'])
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, { retention: '30 days', erasure: 'erase' })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
