/** Schemas of what the API answers, for the OpenAPI document. */
import { count, managed, oneOf, orNull, price, text, uuid } from '#modules/kernel/records/answers'
import { blocks } from '#modules/inventory/validators/blocks'
import { SITE_TYPES } from '#modules/inventory/models/site'

const STATUSES = ['active', 'paused', 'archived']
const size = { type: 'object', properties: { width: count, height: count }, required: ['width', 'height'] }

const blocked = blocks().toJSONSchema() as Record<string, unknown>

export const publisher = managed(STATUSES, { domain: orNull(text), blocks: blocked })

export const site = managed(STATUSES, {
  publisherId: uuid,
  type: oneOf(SITE_TYPES),
  domain: orNull(text),
  bundle: orNull(text),
  storeUrl: orNull(text),
  categories: { type: 'array', items: text },
  blocks: blocked,
})

export const placement = managed(STATUSES, {
  siteId: uuid,
  publisherId: uuid,
  mediaType: oneOf(['banner']),
  sizes: { type: 'array', items: size, minItems: 1 },
  floor: orNull(price),
  blocks: blocked,
  fallback: {
    type: 'object',
    properties: { type: oneOf(['none', 'markup']), markup: text },
    required: ['type'],
  },
})
