import { err, ok, type Result } from '#modules/kernel/result'
import * as limits from '#modules/serving/limits'
import * as read from '#modules/serving/services/field_reader'
import { FieldRefusal } from '#modules/serving/services/field_reader'
import type { ToldConversion } from '#modules/serving/services/conversions'

export type GivenConversion = ToldConversion & { readonly pixelId: string }
/** `field` is null when the body is not JSON. */
export type ConversionsFailure = { readonly field: string | null; readonly detail: string }

const MAX_AMOUNT_CHARS = 40

/**
 * Reads the body of `POST /v1/conversions`: `{ conversions: [{ pixelId, orderId, token, value: { amount, currency } }] }`.
 * Wrong types refuse the call, naming the field; what is well-formed and not acceptable is refused one by one later.
 */
export function parseConversions(body: Buffer): Result<GivenConversion[], ConversionsFailure> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return err({ field: null, detail: 'The body is not JSON.' }) // SyntaxError is the only thing that JSON.parse throws
  }
  try {
    if (!read.isFields(value)) throw new FieldRefusal('body', 'must be a JSON object')
    const given = read.own(value, 'conversions')
    const conversions = read.readList(given, 'conversions', limits.MAX_CONVERSIONS, readOne)
    if (conversions.length === 0) throw new FieldRefusal('conversions', 'must hold at least one conversion')
    return ok(conversions)
  } catch (error) {
    if (!(error instanceof FieldRefusal)) throw error
    return err({ field: error.field, detail: error.message })
  }
}

function readOne(value: unknown, field: string): GivenConversion {
  if (!read.isFields(value)) throw new FieldRefusal(field, 'must be an object')
  const text = (name: string, most: number) => read.readText(read.own(value, name), `${field}.${name}`, most)
  const money = read.own(value, 'value')
  if (!read.absent(money) && !read.isFields(money)) {
    throw new FieldRefusal(`${field}.value`, 'must be an object with amount and currency')
  }
  const part = (name: string) =>
    read.absent(money)
      ? null
      : read.readText(
          read.own(money as object as Record<string, unknown>, name),
          `${field}.value.${name}`,
          MAX_AMOUNT_CHARS
        )
  const amount = part('amount')
  if (!read.absent(money) && amount === null) {
    throw new FieldRefusal(`${field}.value.amount`, 'must be a decimal string')
  }
  return {
    pixelId: text('pixelId', limits.MAX_ID_CHARS) ?? '',
    orderId: text('orderId', limits.MAX_ORDER_CHARS),
    token: text('token', limits.MAX_TOKEN_CHARS),
    amount,
    currency: part('currency'),
  }
}
