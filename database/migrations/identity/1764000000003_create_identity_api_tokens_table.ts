import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_api_tokens'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable()
      table.string('name', 200).notNullable()
      table.specificType('secret_hash', 'bytea').notNullable().unique().comment('SHA-256 of 256 random bits')
      table.string('hint', 12).notNullable().comment('first characters of the secret, to tell tokens apart')
      table.specificType('scopes', 'text[]').notNullable()
      table.uuid('created_by').notNullable().comment('person; the token may do no more than this person may')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('last_used_at', { useTz: true }).nullable().comment('exact to some minutes')
      table.timestamp('expires_at', { useTz: true }).nullable()
      table.timestamp('revoked_at', { useTz: true }).nullable()
      table.index(['organisation_id', 'created_at', 'id'])
      table.index(['created_by'])
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '2 years after being revoked',
      erasure: 'none',
      why: 'a hash, a name of the tool and the id of its creator',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
