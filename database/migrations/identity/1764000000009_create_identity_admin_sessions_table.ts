import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_admin_sessions'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary().comment('random; the cookie holds it, sealed')
      table.uuid('organisation_id').notNullable()
      table.uuid('person_id').notNullable().index()
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('expires_at', { useTz: true }).notNullable().index()
      table.timestamp('ended_at', { useTz: true }).nullable().comment('log-out')
      table.foreign('person_id').references('identity_people.id').onDelete('CASCADE')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, { retention: '30 days after expiry', erasure: 'erase' })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
