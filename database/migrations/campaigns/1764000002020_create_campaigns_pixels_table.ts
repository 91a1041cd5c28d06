import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** What counts conversions of an advertiser. */
export default class extends BaseSchema {
  protected tableName = 'campaigns_pixels'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('advertiser_id').notNullable().references('campaigns_advertisers.id')
      table.string('name', 200).notNullable()
      table.integer('window_hours').notNullable().comment('from the ad to its conversion')
      table.string('status', 20).notNullable().checkIn(['active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()
      table.index(['organisation_id', 'created_at', 'id'], 'campaigns_pixels_list_by_age')
      table.index(['advertiser_id'], 'campaigns_pixels_of_advertiser')
      table.check('window_hours between 1 and 2160', [], 'campaigns_pixels_window')
    })
    this.schema.raw(
      `create index campaigns_pixels_list_by_name on campaigns_pixels (organisation_id, lower(name), id)`
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
