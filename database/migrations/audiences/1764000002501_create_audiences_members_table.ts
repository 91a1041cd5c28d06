import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Who is in which segment. A person has another reference in each epoch, and one row for each that counts. */
export default class extends BaseSchema {
  protected tableName = 'audiences_members'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('segment_id').notNullable().references('audiences_segments.id')
      table.binary('subject_ref').notNullable().comment('16 bytes; see docs/audiences.md')
      table
        .integer('epoch')
        .notNullable()
        .comment('whole spans of 30 days since 1970 in which it is looked up')
      table.timestamp('expires_at', { useTz: true }).notNullable().comment('past: left, kept until all know')
      table.boolean('told').notNullable().defaultTo(false).comment('its end has reached every process')
      table
        .bigInteger('revision')
        .notNullable()
        .comment('version of the organisation that changed the row last')
      table.primary(['organisation_id', 'segment_id', 'subject_ref'])
      table.index(['organisation_id', 'revision'], 'audiences_members_changes')
      table.index(['organisation_id', 'subject_ref'], 'audiences_members_of_subject')
      table.index(['told', 'expires_at'], 'audiences_members_expiry')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'until it expires, at most 180 days',
      erasure: 'erase',
      why: 'pseudonymous references of visitors',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
