/** Budgets of campaigns and of line items go by the same rules. */
import type { Organisation } from '#modules/identity/contract'
import { invalid } from '#modules/kernel/http/failures'
import { moneyJson, type Currency, type Money, type MoneyJson, type Nanos } from '#modules/kernel/money'
import { ownCurrency } from '#modules/campaigns/services/demand'

type Budgets = { budgetTotalNanos: Nanos | null; budgetDailyNanos: Nanos | null }
type Input = { budgetTotal?: Money | null; budgetDaily?: Money | null }

/**
 * What the budgets of a row become: those that the input names, else those it has; null = no limit.
 * @throws ProblemException 422 for another currency than the organisation's, and for a daily one above the total
 */
export function budgetsAfter(organisation: Pick<Organisation, 'currency'>, row: Budgets, input: Input) {
  const { budgetTotal: total, budgetDaily: daily } = input
  const budgetTotalNanos =
    total === undefined ? row.budgetTotalNanos : ownCurrency(organisation, total, 'budgetTotal')
  const budgetDailyNanos =
    daily === undefined ? row.budgetDailyNanos : ownCurrency(organisation, daily, 'budgetDaily')
  if (budgetTotalNanos !== null && budgetDailyNanos !== null && budgetDailyNanos > budgetTotalNanos) {
    throw invalid('budgetDaily', 'within_total', 'The budgetDaily field must not exceed budgetTotal')
  }
  return { budgetTotalNanos, budgetDailyNanos }
}

/** As the public contract writes them; null = no limit. */
export function budgetsJson(row: Budgets & { currency: Currency | null }): {
  budgetTotal: MoneyJson | null
  budgetDaily: MoneyJson | null
} {
  const { budgetTotalNanos: total, budgetDailyNanos: daily, currency } = row
  return {
    budgetTotal: total === null || currency === null ? null : moneyJson(total, currency),
    budgetDaily: daily === null || currency === null ? null : moneyJson(daily, currency),
  }
}
