/** What identity answers, as JSON Schema. */
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import { ROLES, TOKEN_SCOPES } from '#modules/identity/contract'

const id: JsonSchema = { type: 'string', format: 'uuid' }
const idOrNull: JsonSchema = { type: ['string', 'null'], format: 'uuid' }
const at: JsonSchema = { type: 'string', format: 'date-time' }
const atOrNull: JsonSchema = { type: ['string', 'null'], format: 'date-time' }
const text: JsonSchema = { type: 'string' }

function complete(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) }
}

export const partiesSchema: JsonSchema = {
  type: ['array', 'null'],
  description: 'Null: the whole organisation.',
  items: complete({ type: { type: 'string', enum: ['advertiser', 'publisher'] }, id }),
}
export const tokensSchema = complete({
  accessToken: text,
  refreshToken: text,
  expiresIn: { type: 'integer', description: 'Seconds until the access token ends.' },
})
export const organisationSchema = complete({
  id,
  name: text,
  slug: text,
  currency: text,
  timeZone: text,
  createdAt: at,
})
export const personSchema = complete({
  id,
  email: { type: 'string', format: 'email' },
  name: text,
  role: { type: 'string', enum: [...ROLES] },
  parties: partiesSchema,
  createdAt: at,
})
const tokenFields = {
  id,
  name: text,
  hint: { type: 'string', description: 'First characters of the secret.' },
  scopes: { type: 'array', items: { type: 'string', enum: [...TOKEN_SCOPES] } },
  createdBy: id,
  createdAt: at,
  lastUsedAt: atOrNull,
  expiresAt: atOrNull,
  revokedAt: atOrNull,
}
export const tokenSchema = complete(tokenFields)
export const newTokenSchema = complete({
  ...tokenFields,
  secret: { type: 'string', description: 'Shown once.' },
})
const json: JsonSchema = { type: ['object', 'null'] }
export const auditSchema = complete({
  id,
  at,
  personId: idOrNull,
  tokenId: idOrNull,
  action: text,
  objectType: text,
  objectId: text,
  before: json,
  after: json,
})
