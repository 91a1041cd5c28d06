import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Valid facts by quarter hour of their issue. Filtered ones lie in `reporting_filtered` under the same key. */
export default class extends BaseSchema {
  protected tableName = 'reporting_quarters'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table
        .timestamp('slot', { useTz: true })
        .notNullable()
        .comment('start of the 15 minutes, UTC, by issue time')
      table.uuid('placement_id').notNullable()
      table.uuid('line_item_id').nullable().comment('null: the request got no ad')
      table.uuid('creative_id').nullable()
      table.text('country').nullable().comment('ISO 3166 alpha-2; null = unknown')
      table.smallint('device').nullable().comment('index into DEVICE_TYPES of context; null = unknown')
      table.specificType('currency', 'char(3)').notNullable()
      table.bigInteger('requests').notNullable()
      table.bigInteger('impressions').notNullable()
      table.bigInteger('viewable').notNullable()
      table.bigInteger('clicks').notNullable()
      table.decimal('spend_nanos', 38, 0).notNullable().comment('1e-9 currency units, valid facts only')
    })
    // Counts change in place: no index holds one, and the free room lets PostgreSQL keep a row's versions on its page.
    this.schema.raw(`alter table ${this.tableName} set (fillfactor = 80)`)
    this.schema.raw(
      `create unique index reporting_quarters_by_time on reporting_quarters
         (organisation_id, slot, placement_id, line_item_id, creative_id, country, device, currency) nulls not distinct`
    )
    this.schema.raw(
      `create index reporting_quarters_of_line_item on reporting_quarters (organisation_id, line_item_id, slot)`
    )
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'three years',
      erasure: 'none',
      why: 'counts, no data of visitors',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
