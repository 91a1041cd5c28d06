import { BaseSchema } from '@adonisjs/lucid/schema'

const CAPPED = [
  'campaigns_advertisers',
  'campaigns_campaigns',
  'campaigns_line_items',
  'campaigns_creatives',
] as const
const GOAL = 'campaigns_line_items_goal_type_check'

/** Frequency caps, exclusion, roadblocks, and what ads are about; goals in viewable impressions. */
export default class extends BaseSchema {
  override async up() {
    for (const name of CAPPED) {
      this.schema.alterTable(name, (table) => {
        table
          .jsonb('frequency_caps')
          .notNullable()
          .defaultTo('[]')
          .comment('FrequencyCap[] of modules/campaigns/contract.ts')
      })
    }
    this.schema.alterTable('campaigns_advertisers', (table) => {
      table
        .boolean('one_ad_per_page')
        .notNullable()
        .defaultTo(false)
        .comment('two of its ads never share a page')
    })
    this.schema.alterTable('campaigns_campaigns', (table) => {
      table
        .jsonb('ad_categories')
        .notNullable()
        .defaultTo('[]')
        .comment('lower case; publishers block by them')
    })
    this.schema.alterTable('campaigns_line_items', (table) => {
      table
        .jsonb('ad_categories')
        .notNullable()
        .defaultTo('[]')
        .comment('lower case, besides those of the campaign')
      table
        .jsonb('exclusion_keys')
        .notNullable()
        .defaultTo('[]')
        .comment('two line items with one in common are not shown on one page')
      table
        .string('roadblock', 30)
        .notNullable()
        .defaultTo('none')
        .checkIn(['none', 'as_many_as_possible', 'all_or_none'])
    })
    this.schema.raw(`alter table campaigns_line_items drop constraint if exists ${GOAL}`)
    this.schema.raw(
      `alter table campaigns_line_items add constraint ${GOAL} check (goal_type in ('impressions', 'clicks', 'viewable'))`
    )
  }

  override async down() {
    this.schema.raw(`alter table campaigns_line_items drop constraint ${GOAL}`)
    this.schema.raw(
      `alter table campaigns_line_items add constraint ${GOAL} check (goal_type in ('impressions', 'clicks')) not valid`
    )
    this.schema.alterTable('campaigns_line_items', (table) => {
      table.dropColumns('ad_categories', 'exclusion_keys', 'roadblock')
    })
    this.schema.alterTable('campaigns_campaigns', (table) => table.dropColumn('ad_categories'))
    this.schema.alterTable('campaigns_advertisers', (table) => table.dropColumn('one_ad_per_page'))
    for (const name of CAPPED) this.schema.alterTable(name, (table) => table.dropColumn('frequency_caps'))
  }
}
