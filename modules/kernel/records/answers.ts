/** Parts of the answers' schemas, for the OpenAPI document. */
import type { JsonSchema } from '#modules/kernel/http/parsed_type'

export const uuid: JsonSchema = { type: 'string', format: 'uuid' }
export const text: JsonSchema = { type: 'string' }
export const time: JsonSchema = { type: 'string', format: 'date-time' }
export const count: JsonSchema = { type: 'integer', minimum: 0 }
export const price: JsonSchema = {
  type: 'object',
  properties: { model: { type: 'string' }, amount: { type: 'string' }, currency: { type: 'string' } },
  required: ['model', 'amount', 'currency'],
}
export const money: JsonSchema = {
  type: 'object',
  properties: { amount: { type: 'string' }, currency: { type: 'string' } },
  required: ['amount', 'currency'],
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] }
}

export function oneOf(values: readonly string[]): JsonSchema {
  return { type: 'string', enum: [...values] }
}

/** Schema of a managed object; every property is always there. */
export function managed(statuses: readonly string[], properties: Record<string, JsonSchema>): JsonSchema {
  const all = {
    id: uuid,
    ...properties,
    name: text,
    status: oneOf(statuses),
    statusReason: orNull(text),
    statusChangedAt: time,
    revision: count,
    createdAt: time,
    updatedAt: time,
  }
  return { type: 'object', properties: all, required: Object.keys(all) }
}
