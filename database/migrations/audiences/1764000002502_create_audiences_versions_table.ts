import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'audiences_versions'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').primary()
      table.bigInteger('version').notNullable().comment('grows by one with each committed change')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'while the organisation exists',
      erasure: 'none',
      why: 'a counter',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
