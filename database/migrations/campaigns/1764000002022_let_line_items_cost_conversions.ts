import { BaseSchema } from '@adonisjs/lucid/schema'

const NAME = 'campaigns_line_items_price_model_check'

/** Which price models there are, the API says; the column keeps words only, so that a new one needs no lock. */
export default class extends BaseSchema {
  protected tableName = 'campaigns_line_items'
  override async up() {
    this.schema.raw(`alter table ${this.tableName} drop constraint if exists ${NAME}`)
    this.schema.raw(
      `alter table ${this.tableName} add constraint ${NAME} check (price_model ~ '^[a-z]{1,10}$')`
    )
  }
  override async down() {
    this.schema.raw(`alter table ${this.tableName} drop constraint ${NAME}`)
    this.schema.raw(
      `alter table ${this.tableName} add constraint ${NAME} check (price_model in ('cpm', 'cpc')) not valid`
    )
  }
}
