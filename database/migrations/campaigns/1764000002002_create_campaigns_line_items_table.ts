import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'campaigns_line_items'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('campaign_id').notNullable().references('campaigns_campaigns.id')
      table
        .uuid('advertiser_id')
        .notNullable()
        .references('campaigns_advertisers.id')
        .comment('that of the campaign, which never changes')
      table.string('name', 200).notNullable()
      table.string('tier', 20).notNullable().checkIn(['sponsorship', 'standard', 'price_priority', 'house'])
      table.string('price_model', 10).nullable().checkIn(['cpm', 'cpc'])
      table
        .decimal('price_nanos', 38, 0)
        .nullable()
        .comment('1e-9 currency units for 1000 impressions (cpm) or one click (cpc)')
      table.specificType('currency', 'char(3)').nullable()
      table.string('goal_type', 20).nullable().checkIn(['impressions', 'clicks'])
      table.bigInteger('goal_quantity').nullable()
      table.smallint('share_of_voice').nullable().comment('percent of the eligible requests')
      table.timestamp('starts_at', { useTz: true }).nullable().comment('null = when the campaign starts')
      table
        .timestamp('ends_at', { useTz: true })
        .nullable()
        .comment('exclusive; null = when the campaign ends')
      table.jsonb('targeting').notNullable().comment('Targeting of modules/campaigns/contract.ts')
      table.string('status', 20).notNullable().checkIn(['draft', 'active', 'paused', 'archived'])
      table.string('status_reason', 500).nullable().comment('words of whoever changed the status last')
      table.timestamp('status_changed_at', { useTz: true }).notNullable()
      table.integer('revision').notNullable().defaultTo(1).comment('counts changes; the ETag of the object')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.timestamp('updated_at', { useTz: true }).notNullable()

      table.index(['organisation_id', 'created_at', 'id'], 'campaigns_line_items_list_by_age')
      table.index(['organisation_id', 'status'], 'campaigns_line_items_compile')
      table.index(['campaign_id', 'status'], 'campaigns_line_items_of_campaign')
      table.index(['advertiser_id'], 'campaigns_line_items_of_advertiser')
      table.check('ends_at > starts_at', [], 'campaigns_line_items_term')
      table.check(
        'num_nulls(price_model, price_nanos, currency) in (0, 3)',
        [],
        'campaigns_line_items_price_whole'
      )
      table.check('price_nanos >= 0 and price_nanos < 9007199254740992000', [], 'campaigns_line_items_price')
      table.check(
        'num_nulls(goal_type, goal_quantity) in (0, 2) and goal_quantity > 0',
        [],
        'campaigns_line_items_goal'
      )
      table.check('share_of_voice between 1 and 100', [], 'campaigns_line_items_share')
    })
    this.schema.raw(
      `create index campaigns_line_items_list_by_name on campaigns_line_items (organisation_id, lower(name), id)`
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
