import { BaseSchema } from '@adonisjs/lucid/schema'
import { TENANT_ROLE } from '#config/database_roles'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** The token keys, each sealed with a key derived from APP_KEY; the database alone cannot sign. */
export default class extends BaseSchema {
  protected tableName = 'events_keys'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.integer('id').primary().comment('travels in every token')
      table.uuid('organisation_id').notNullable().comment('INSTALLATION')
      table.binary('sealed').notNullable().comment('AES-256-GCM: nonce 12, tag 16, key 32 bytes')
      table
        .timestamp('signs_from', { useTz: true })
        .notNullable()
        .comment('every process knows it before that')
      table.timestamp('created_at', { useTz: true }).notNullable()
    })
    forceTenantRows(this.schema, this.tableName)
    this.schema.raw(
      `create policy no_tenant on ${this.tableName} as restrictive to ${TENANT_ROLE} using (false)`
    )
    keeps(this.schema, this.tableName, {
      retention: 'one token lifetime after its successor signs',
      erasure: 'none',
      why: 'keys of the installation',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
