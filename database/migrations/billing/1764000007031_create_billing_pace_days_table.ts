import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** What each line item has delivered by charge day, as far as pacing needs it: the running day. */
export default class extends BaseSchema {
  protected tableName = 'billing_pace_days'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('line_item_id').notNullable()
      table.date('day').notNullable().comment("in the campaign's zone when the fact was settled")
      table.specificType('currency', 'char(3)').notNullable()
      table.bigInteger('impressions').notNullable().comment('valid ones')
      table.bigInteger('viewable').notNullable().comment('valid ones')
      table.bigInteger('clicks').notNullable().comment('valid ones')
      table.decimal('spend_nanos', 38, 0).notNullable().comment('1e-9 currency units')
      table.bigInteger('revision').notNullable().comment('seq of the page of facts that changed the row last')
      table.primary(['organisation_id', 'line_item_id', 'day', 'currency'])
      table.index(['revision'], 'billing_pace_days_changes')
      table.index(['day'], 'billing_pace_days_recent')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '15 days',
      erasure: 'none',
      why: 'counts and sums only',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
