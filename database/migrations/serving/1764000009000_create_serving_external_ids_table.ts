import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

const KINDS = [
  'organisation',
  'publisher',
  'site',
  'placement',
  'ad_type',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
]

export default class extends BaseSchema {
  protected tableName = 'serving_external_ids'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.string('kind', 20).notNullable().checkIn(KINDS)
      table.string('key', 100).notNullable().comment('id in the other ad server')
      table.string('object', 64).notNullable().comment('our id; for ad_type a size such as 300x250')
      table.boolean('assigned').notNullable().comment('by us, at first sight; false: by an operator')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.primary(['organisation_id', 'kind', 'key'])
    })
    this.schema.raw(
      `create unique index serving_external_ids_one_meaning on serving_external_ids (kind, key)
       where kind <> 'ad_type'`
    )
    this.schema.raw(
      `create unique index serving_external_ids_assigned_once on serving_external_ids (organisation_id, kind, object)
       where assigned`
    )
    // Above all numbers that operators bring along, within what clients with 32-bit ids can read.
    this.schema.raw(
      'create sequence serving_external_numbers as integer minvalue 1000000000 maxvalue 2147483647'
    )
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'while the organisation exists',
      erasure: 'none',
      why: 'ids of business objects, no data of visitors',
    })
  }
  override async down() {
    this.schema.raw('drop sequence serving_external_numbers')
    this.schema.dropTable(this.tableName)
  }
}
