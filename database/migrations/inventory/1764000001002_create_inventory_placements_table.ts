import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'inventory_placements'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('site_id').notNullable().references('inventory_sites.id')
      table.string('name', 200).notNullable()
      table.string('media_type', 20).notNullable().checkIn(['banner'])
      table
        .jsonb('sizes')
        .notNullable()
        .comment('[{ width, height }] in CSS pixels; the first is reserved when none is asked')
      table
        .decimal('floor_nanos', 38, 0)
        .nullable()
        .comment('least price of 1000 impressions, 1e-9 currency units')
      table.specificType('floor_currency', 'char(3)').nullable()
      table.jsonb('fallback').notNullable().comment('{ type: none } or { type: markup, markup }')
      table.string('status', 20).notNullable().checkIn(['active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()

      table.index(['organisation_id', 'created_at', 'id'], 'inventory_placements_list_by_age')
      table.index(['site_id', 'status'], 'inventory_placements_of_site')
      table.check('(floor_nanos is null) = (floor_currency is null)', [], 'inventory_placements_floor_whole')
      table.check('floor_nanos >= 0 and floor_nanos % 1000 = 0', [], 'inventory_placements_floor_micros')
    })
    this.schema.raw(
      `create index inventory_placements_list_by_name on inventory_placements (organisation_id, lower(name), id)`
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
