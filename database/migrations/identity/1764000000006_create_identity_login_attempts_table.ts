import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_login_attempts'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table
        .uuid('organisation_id')
        .notNullable()
        .comment('always the nil UUID: an attempt belongs to no organisation, so no tenant sees it')
      table
        .specificType('email_digest', 'bytea')
        .notNullable()
        .comment('keyed digest of the address that was typed')
      table.string('network', 64).notNullable().comment('/24 of IPv4, /48 of IPv6')
      table.integer('attempts').notNullable()
      table.timestamp('window_started_at', { useTz: true }).notNullable()
      table.timestamp('blocked_until', { useTz: true }).nullable()
      table.primary(['email_digest', 'network'])
      table.index(['network', 'window_started_at'])
      table.index(['window_started_at'])
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '1 day',
      erasure: 'none',
      why: 'keyed digests and truncated addresses',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
