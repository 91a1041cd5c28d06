/** Money and prices as the public contract writes them: decimal strings beside a currency, never numbers. */
import {
  isCurrency,
  type Currency,
  type Money,
  type MoneyJson,
  type Nanos,
  parseNanos,
} from '#modules/kernel/money'
import { parsed, type JsonSchema, type Reading } from '#modules/kernel/http/parsed_type'

/** Highest amount that `numeric(38,0)` nanos hold with room for sums: 28 digits before the point is what parseNanos reads. */
const AMOUNT_DIGITS = 18
const AMOUNT: JsonSchema = {
  type: 'string',
  pattern: `^-?\\d{1,${AMOUNT_DIGITS}}(\\.\\d{1,9})?$`,
  examples: ['12.345678900'],
}
const POSITIVE_AMOUNT: JsonSchema = { ...AMOUNT, pattern: `^\\d{1,${AMOUNT_DIGITS}}(\\.\\d{1,9})?$` }
const CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$', examples: ['EUR'] }

export type AmountOptions = {
  /** False (the default): a negative amount is refused. */
  readonly negative?: boolean
  /** True: zero is refused as well. */
  readonly positive?: boolean
  /** When given, no other currency is accepted. */
  readonly currency?: Currency
}
export type PriceOf<Model extends string> = Money & { readonly model: Model }

function plainObject(value: unknown): Record<string, unknown> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function readAmount(value: unknown, options: AmountOptions): Reading<Nanos> {
  const inner = 'amount'
  if (typeof value === 'number') {
    return {
      inner,
      expected: 'a decimal string such as "12.50"; numbers are refused, they cannot hold money exactly',
    }
  }
  const nanos = typeof value === 'string' && value.length <= AMOUNT_DIGITS + 11 ? parseNanos(value) : null
  if (
    nanos === null ||
    (typeof value === 'string' && value.replace('-', '').split('.')[0]!.length > AMOUNT_DIGITS)
  ) {
    return {
      inner,
      expected: `a decimal string with at most ${AMOUNT_DIGITS} digits before the point and 9 after it, such as "12.345678900"`,
    }
  }
  if (options.positive && nanos <= 0n) return { inner, expected: 'more than zero' }
  if (!options.negative && nanos < 0n) return { inner, expected: 'zero or more' }
  return { value: nanos }
}

function readCurrency(value: unknown, only: Currency | undefined): Reading<Currency> {
  const inner = 'currency'
  if (typeof value !== 'string' || !isCurrency(value)) {
    return { inner, expected: 'an ISO 4217 currency code such as "EUR"' }
  }
  return only !== undefined && value !== only ? { inner, expected: only } : { value }
}

function readMoney(value: unknown, options: AmountOptions): Reading<Money> {
  if (typeof value === 'number') {
    return { expected: 'an object such as { "amount": "12.50", "currency": "EUR" }; numbers are refused' }
  }
  const object = plainObject(value)
  if (!object) return { expected: 'an object such as { "amount": "12.50", "currency": "EUR" }' }
  const nanos = readAmount(object.amount, options)
  if (!('value' in nanos)) return nanos
  const currency = readCurrency(object.currency, options.currency)
  return 'value' in currency ? { value: { nanos: nanos.value, currency: currency.value } } : currency
}

/** `{ "amount": "12.50", "currency": "EUR" }` → Money. Negative amounts only when asked for. */
export function moneyJson(options: AmountOptions = {}) {
  const schema = {
    type: 'object',
    properties: { amount: options.negative ? AMOUNT : POSITIVE_AMOUNT, currency: CURRENCY },
    required: ['amount', 'currency'],
  }
  return parsed<MoneyJson, Money>('money', schema, (value) => readMoney(value, options))
}

/** `{ "model": "cpm", "amount": "1.50", "currency": "EUR" }` → Money with its price model, one of `models`. */
export function priceJson<const Model extends string>(models: readonly Model[], options: AmountOptions = {}) {
  const schema = {
    type: 'object',
    properties: { model: { type: 'string', enum: [...models] }, amount: POSITIVE_AMOUNT, currency: CURRENCY },
    required: ['model', 'amount', 'currency'],
  }
  return parsed<MoneyJson & { model: Model }, PriceOf<Model>>(
    'price',
    schema,
    (value): Reading<PriceOf<Model>> => {
      const model = plainObject(value)?.model
      const money = readMoney(value, options)
      if (!('value' in money) && money.inner === undefined) {
        return {
          expected: `an object such as { "model": "${models[0]}", "amount": "1.50", "currency": "EUR" }`,
        }
      }
      const known = models.find((candidate) => candidate === model)
      if (known === undefined) return { inner: 'model', expected: `one of ${models.join(', ')}` }
      return 'value' in money ? { value: { ...money.value, model: known } } : money
    }
  )
}
