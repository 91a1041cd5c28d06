import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Named groups of people that line items can be for. */
export default class extends BaseSchema {
  protected tableName = 'audiences_segments'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.string('name', 200).notNullable()
      table.integer('expires_after_days').notNullable().comment('how long a person stays after joining')
      table.jsonb('rule').nullable().comment('SegmentEntry of modules/audiences/contract.ts; null = none')
      table.string('status', 20).notNullable().checkIn(['active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()
      table.index(['organisation_id', 'created_at', 'id'], 'audiences_segments_list_by_age')
      table.check('expires_after_days between 1 and 180', [], 'audiences_segments_expiry')
    })
    this.schema.raw(
      `create index audiences_segments_list_by_name on audiences_segments (organisation_id, lower(name), id)`
    )
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'while the organisation exists; archived instead of deleted',
      erasure: 'none',
      why: 'business records of the organisation, no data of visitors',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
