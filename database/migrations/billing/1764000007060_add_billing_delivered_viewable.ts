import { BaseSchema } from '@adonisjs/lucid/schema'

/** What goals in viewable impressions go by. */
export default class extends BaseSchema {
  protected tableName = 'billing_delivered'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.bigInteger('viewable').notNullable().defaultTo(0).comment('net viewable impressions, lifetime')
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => table.dropColumn('viewable'))
  }
}
