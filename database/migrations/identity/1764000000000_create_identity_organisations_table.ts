import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_organisations'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table
        .uuid('organisation_id')
        .notNullable()
        .comment('its own id, so that row-level security holds here too')
      table.string('name', 200).notNullable()
      table.string('slug', 60).notNullable().unique()
      table
        .specificType('currency', 'char(3)')
        .notNullable()
        .comment('ISO 4217; what the organisation sells in')
      table.string('time_zone', 64).notNullable().comment('IANA name')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()
      table.check('organisation_id = id', [], 'identity_organisations_own_tenant')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'while the organisation exists',
      erasure: 'none',
      why: 'a business, not a person',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
