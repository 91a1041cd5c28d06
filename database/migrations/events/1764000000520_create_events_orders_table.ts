import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Which fact an order counted as: the first one settled. Later ones of the same order are duplicates. */
export default class extends BaseSchema {
  protected tableName = 'events_orders'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table
        .binary('order_key')
        .notNullable()
        .comment('last 74 bits of the fact id: hash of pixel and order id')
      table.smallint('kind').notNullable()
      table.uuid('fact_id').notNullable().comment('the fact that counts')
      table.primary(['organisation_id', 'order_key', 'kind'])
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'as long as the organisation',
      erasure: 'none',
      why: 'hashes of a pixel with the id of an order; no ids of people',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
