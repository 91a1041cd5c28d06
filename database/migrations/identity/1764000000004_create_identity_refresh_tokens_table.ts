import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_refresh_tokens'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable()
      table.uuid('person_id').notNullable()
      table.uuid('family_id').notNullable().comment('one log-in; access tokens carry it')
      table.specificType('secret_hash', 'bytea').notNullable().unique()
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('expires_at', { useTz: true }).notNullable()
      table
        .timestamp('used_at', { useTz: true })
        .nullable()
        .comment('when it was exchanged; a second time revokes the family')
      table.timestamp('revoked_at', { useTz: true }).nullable()
      table.index(['family_id'])
      table.index(['person_id'])
      table.index(['expires_at'])
      table.foreign('person_id').references('identity_people.id').onDelete('CASCADE')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, { retention: '30 days after expiry', erasure: 'erase' })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
