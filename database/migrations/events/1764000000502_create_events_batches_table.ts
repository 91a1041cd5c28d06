import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** One row per batch of the settlement: tells a reader in order which days it has to look at, instead of all. */
export default class extends BaseSchema {
  protected tableName = 'events_batches'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.bigInteger('last_seq').primary().comment('of events_settled')
      table.uuid('organisation_id').notNullable().comment('INSTALLATION')
      table.date('first_day').notNullable().comment('issue days of its facts')
      table.date('last_day').notNullable()
      table.integer('facts').notNullable().comment('taken from the logs, repeats included')
      table.timestamp('settled_at', { useTz: true }).notNullable()
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '400 days',
      erasure: 'none',
      why: 'positions and days only',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
