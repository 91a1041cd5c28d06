import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'campaigns_campaigns'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('advertiser_id').notNullable().references('campaigns_advertisers.id')
      table.string('name', 200).notNullable()
      table.string('time_zone', 64).notNullable().comment('IANA; days, dayparts and daily budgets go by it')
      table.timestamp('starts_at', { useTz: true }).notNullable()
      table.timestamp('ends_at', { useTz: true }).nullable().comment('exclusive; null = open')
      table.specificType('currency', 'char(3)').notNullable()
      table.decimal('budget_total_nanos', 38, 0).nullable().comment('1e-9 currency units; null = no limit')
      table
        .decimal('budget_daily_nanos', 38, 0)
        .nullable()
        .comment('1e-9 currency units a day of the zone; null = no limit')
      table.string('status', 20).notNullable().checkIn(['draft', 'active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()

      table.index(['organisation_id', 'created_at', 'id'], 'campaigns_campaigns_list_by_age')
      table.index(['organisation_id', 'starts_at', 'id'], 'campaigns_campaigns_list_by_start')
      table.index(['organisation_id', 'status'], 'campaigns_campaigns_compile')
      table.index(['advertiser_id', 'status'], 'campaigns_campaigns_of_advertiser')
      table.check('ends_at > starts_at', [], 'campaigns_campaigns_term')
      table.check(
        'coalesce(budget_total_nanos, 1) > 0 and coalesce(budget_daily_nanos, 1) > 0',
        [],
        'campaigns_campaigns_budgets'
      )
      table.check('budget_daily_nanos <= budget_total_nanos', [], 'campaigns_campaigns_daily_within_total')
    })
    this.schema.raw(
      `create index campaigns_campaigns_list_by_name on campaigns_campaigns (organisation_id, lower(name), id)`
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
