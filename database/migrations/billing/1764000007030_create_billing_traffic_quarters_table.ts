import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Requests by placement and quarter hour: what traffic curves are learned from. */
export default class extends BaseSchema {
  protected tableName = 'billing_traffic_quarters'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('placement_id').notNullable()
      table.timestamp('quarter', { useTz: true }).notNullable().comment('start, a multiple of 15 minutes')
      table.bigInteger('requests').notNullable().comment('valid ones, by issue time')
      table.primary(['organisation_id', 'placement_id', 'quarter'])
      table.index(['quarter'], 'billing_traffic_quarters_recent')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '15 days',
      erasure: 'none',
      why: 'counts only',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
