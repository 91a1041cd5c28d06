import { BaseSchema } from '@adonisjs/lucid/schema'

/** Whether landing pages of an advertiser are told which ad was clicked, so that it can report conversions. */
export default class extends BaseSchema {
  protected tableName = 'campaigns_advertisers'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table
        .boolean('append_click_token')
        .notNullable()
        .defaultTo(false)
        .comment('placard_click=<token> is added to landing page addresses')
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => table.dropColumn('append_click_token'))
  }
}
