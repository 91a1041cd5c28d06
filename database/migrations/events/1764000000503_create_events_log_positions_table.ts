import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** How far each durable log is settled; moves in the transaction of the facts before it. */
export default class extends BaseSchema {
  protected tableName = 'events_log_positions'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('log_id').primary()
      table.uuid('organisation_id').notNullable().comment('INSTALLATION')
      table.integer('segment').notNullable()
      table.bigInteger('byte_offset').notNullable().comment('in that segment; the next record starts here')
      table.bigInteger('facts').notNullable().comment('taken from this log so far')
      table.timestamp('moved_at', { useTz: true }).notNullable()
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'until the log is removed',
      erasure: 'none',
      why: 'positions only',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
