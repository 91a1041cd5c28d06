import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_idempotency_keys'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable()
      table.uuid('principal').notNullable().comment('person or API token')
      table.specificType('key_digest', 'bytea').notNullable()
      table.string('method', 10).notNullable()
      table.string('path', 2048).notNullable()
      table.specificType('request_digest', 'bytea').notNullable()
      table
        .uuid('attempt')
        .notNullable()
        .comment('who works on it; the answer of an older attempt is dropped')
      table.integer('status').nullable().comment('null while in progress')
      table.string('content_type', 200).nullable()
      table
        .specificType('body', 'bytea')
        .nullable()
        .comment('sealed under a key that needs the idempotency key itself')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.primary(['organisation_id', 'principal', 'key_digest'])
      table.index(['created_at'])
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '24 hours',
      erasure: 'none',
      why: 'answers of the management API, sealed, gone in a day',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
