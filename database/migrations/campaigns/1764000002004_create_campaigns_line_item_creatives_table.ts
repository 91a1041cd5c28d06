import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'campaigns_line_item_creatives'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('organisation_id').notNullable().comment('identity; no foreign key across modules')
      table.uuid('line_item_id').notNullable().references('campaigns_line_items.id')
      table.uuid('creative_id').notNullable().references('campaigns_creatives.id')
      table.smallint('weight').notNullable().comment('share among the creatives of the line item')
      table.primary(['line_item_id', 'creative_id'])
      table.index(['creative_id'], 'campaigns_line_item_creatives_of_creative')
      table.index(['organisation_id'], 'campaigns_line_item_creatives_compile')
      table.check('weight between 1 and 1000', [], 'campaigns_line_item_creatives_weight')
    })
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
