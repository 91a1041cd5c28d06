import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'campaigns_creatives'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('advertiser_id').notNullable().references('campaigns_advertisers.id')
      table.string('name', 200).notNullable()
      table.string('type', 20).notNullable().checkIn(['image', 'third_party'])
      table.integer('width').notNullable().comment('CSS pixels')
      table.integer('height').notNullable().comment('CSS pixels')
      table.string('landing_url', 2048).notNullable()
      table.string('alt_text', 500).nullable()
      table.text('markup').nullable().comment('third-party markup with macros')
      table.specificType('asset_hash', 'char(64)').nullable().comment('SHA-256 of the encoded image, hex')
      table.string('asset_file', 100).nullable()
      table.string('asset_type', 40).nullable().comment('media type')
      table.integer('asset_bytes').nullable()
      table.integer('asset_frames').nullable()
      table.string('status', 20).notNullable().checkIn(['active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()

      table.index(['organisation_id', 'created_at', 'id'], 'campaigns_creatives_list_by_age')
      table.index(['advertiser_id', 'status'], 'campaigns_creatives_of_advertiser')
      table.check('width between 1 and 4096 and height between 1 and 4096', [], 'campaigns_creatives_size')
      table.check(
        `(type = 'image' and num_nulls(asset_hash, asset_file, asset_type, asset_bytes) = 0 and markup is null)
        or (type = 'third_party' and markup is not null and asset_hash is null)`,
        [],
        'campaigns_creatives_content'
      )
    })
    this.schema.raw(
      `create index campaigns_creatives_list_by_name on campaigns_creatives (organisation_id, lower(name), id)`
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
