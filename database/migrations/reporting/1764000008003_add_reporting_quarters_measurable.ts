import { BaseSchema } from '@adonisjs/lucid/schema'

/** Impressions whose viewability could be measured: what the rate of viewable ones is taken of. */
export default class extends BaseSchema {
  protected tableName = 'reporting_quarters'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.bigInteger('measurable').notNullable().defaultTo(0)
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => table.dropColumn('measurable'))
  }
}
