import { BaseSchema } from '@adonisjs/lucid/schema'

/** Conversions of an ad and what they were worth to the advertiser. */
export default class extends BaseSchema {
  protected tableName = 'reporting_quarters'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.bigInteger('conversions').notNullable().defaultTo(0)
      table
        .decimal('conversion_value_nanos', 38, 0)
        .notNullable()
        .defaultTo(0)
        .comment('1e-9 currency units; what the advertiser said that they were worth')
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) =>
      table.dropColumns('conversions', 'conversion_value_nanos')
    )
  }
}
