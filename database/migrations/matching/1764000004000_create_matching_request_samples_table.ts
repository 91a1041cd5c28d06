import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'matching_request_samples'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary().comment('version 7: the time of the flush')
      table.uuid('organisation_id').notNullable()
      table.timestamp('at', { useTz: true }).notNullable().comment('time of the request')
      table.specificType('weight', 'real').notNullable().comment('ad requests that this one stands for')
      table.jsonb('input').notNullable().comment('SampledInput of modules/matching: nothing about a person')
      table.index(['organisation_id', 'at'], 'matching_request_samples_recent')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '28 days',
      erasure: 'none',
      why: 'placement, country, region and classes of device and software; no id, no address, no page',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
