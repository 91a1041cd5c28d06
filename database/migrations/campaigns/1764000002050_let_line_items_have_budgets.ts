import { BaseSchema } from '@adonisjs/lucid/schema'

const OLD_RULE = 'campaigns_line_items_price_whole'
const PRICE = 'campaigns_line_items_price_pair'
const CURRENCY = 'campaigns_line_items_one_currency'

/** A line item may have a budget of its own; its price and its budgets share the one currency of the row. */
export default class extends BaseSchema {
  protected tableName = 'campaigns_line_items'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.decimal('budget_total_nanos', 38, 0).nullable().comment('1e-9 currency units; null = no limit')
      table
        .decimal('budget_daily_nanos', 38, 0)
        .nullable()
        .comment('1e-9 currency units a day of the zone of the campaign; null = no limit')
      table.dropChecks([OLD_RULE])
      table.check('num_nulls(price_model, price_nanos) in (0, 2)', [], PRICE)
      table.check(
        '(currency is null) = (num_nonnulls(price_nanos, budget_total_nanos, budget_daily_nanos) = 0)',
        [],
        CURRENCY
      )
      table.check(
        'coalesce(budget_total_nanos, 1) > 0 and coalesce(budget_daily_nanos, 1) > 0',
        [],
        'campaigns_line_items_budgets'
      )
      table.check('budget_daily_nanos <= budget_total_nanos', [], 'campaigns_line_items_daily_within_total')
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => {
      table.dropChecks([PRICE, CURRENCY])
      table.dropColumns('budget_total_nanos', 'budget_daily_nanos')
    })
    this.schema.raw(`update ${this.tableName} set currency = null where price_nanos is null`)
    this.schema.raw(
      `alter table ${this.tableName} add constraint ${OLD_RULE} check (num_nulls(price_model, price_nanos, currency) in (0, 3))`
    )
  }
}
