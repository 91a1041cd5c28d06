/** What the API reads and answers for external ids. */
import vine from '@vinejs/vine'
import { oneOf as oneOfText, text } from '#modules/kernel/records/answers'
import { withoutLostNulls } from '#modules/kernel/records/strict_nulls'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import { EXTERNAL_KINDS } from '#modules/serving/contract'

/** Printable ASCII without what would need escaping anywhere: numbers, slugs, names of ad types and of divs. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/
const OBJECT = /^[A-Za-z0-9-]{1,64}$/

const kind = () => vine.enum(EXTERNAL_KINDS)

export const externalIdQuery = withoutLostNulls(vine.create({ kind: kind().optional() }))
export const externalIdInput = withoutLostNulls(
  vine.create({
    kind: kind(),
    key: vine.string().regex(KEY),
    /** Null takes the id away again. */
    object: vine.string().regex(OBJECT).nullable(),
  })
)

const row: JsonSchema = {
  type: 'object',
  properties: { kind: oneOfText(EXTERNAL_KINDS), key: text, object: text, assigned: { type: 'boolean' } },
  required: ['kind', 'key', 'object', 'assigned'],
}
export const externalIdRows: JsonSchema = {
  type: 'object',
  properties: { data: { type: 'array', items: row } },
  required: ['data'],
}
export const externalIdRow = row
