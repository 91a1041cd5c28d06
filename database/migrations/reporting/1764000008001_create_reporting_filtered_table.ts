import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/** Facts that count gross but not net, by kind and reason. Gross = `reporting_quarters` + these. */
export default class extends BaseSchema {
  protected tableName = 'reporting_filtered'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table
        .timestamp('slot', { useTz: true })
        .notNullable()
        .comment('start of the 15 minutes, UTC, by issue time')
      table.uuid('placement_id').notNullable()
      table.uuid('line_item_id').nullable()
      table.uuid('creative_id').nullable()
      table.text('country').nullable()
      table.smallint('device').nullable().comment('index into DEVICE_TYPES of context')
      table.specificType('currency', 'char(3)').notNullable()
      table.smallint('kind').notNullable().comment('FACT_KIND of events')
      table.string('reason', 40).notNullable().comment('FILTER_REASONS of events')
      table.bigInteger('facts').notNullable()
    })
    this.schema.raw(`alter table ${this.tableName} set (fillfactor = 80)`)
    this.schema.raw(
      `create unique index reporting_filtered_by_time on reporting_filtered
         (organisation_id, slot, placement_id, line_item_id, creative_id, country, device, currency, kind, reason)
         nulls not distinct`
    )
    this.schema.raw(
      `create index reporting_filtered_of_line_item on reporting_filtered (organisation_id, line_item_id, slot)`
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
