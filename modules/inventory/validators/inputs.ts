/** What the API reads for publishers, sites and placements; provisioning reads the same. */
import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { httpUrl, name, priceJson, uuidId } from '#modules/kernel/http/rules'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import { withoutLostNulls } from '#modules/kernel/records/strict_nulls'
import { hostName, statusFields } from '#modules/kernel/records/fields'
import type { SnapshotPlacement } from '#modules/inventory/contract'
import { blocks } from '#modules/inventory/validators/blocks'
import { categories } from '#modules/inventory/validators/categories'
import { SITE_TYPES } from '#modules/inventory/models/site'

const MAX_SIZES = 50
const MAX_EDGE = 4096 // CSS pixels; no screen is larger
const MAX_MARKUP_BYTES = 16_384 // a fallback is a colour block with a link, not an ad
const BUNDLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/

const status = statusFields(['active', 'paused', 'archived'])
const edge = () => vine.number({ strict: true }).withoutDecimals().min(1).max(MAX_EDGE)

/** `{ type: none }` or `{ type: markup, markup }`. */
function fallback() {
  const schema = {
    oneOf: [
      { type: 'object', properties: { type: { const: 'none' } }, required: ['type'] },
      {
        type: 'object',
        properties: { type: { const: 'markup' }, markup: { type: 'string', maxLength: MAX_MARKUP_BYTES } },
        required: ['type', 'markup'],
      },
    ],
  }
  type Fallback = SnapshotPlacement['fallback']
  return parsed<Fallback, Fallback>('fallback', schema, (value): Reading<Fallback> => {
    const { type, markup } = (value ?? {}) as { type?: unknown; markup?: unknown }
    if (type === 'none') return { value: { type } }
    if (type !== 'markup') return { expected: 'an object whose type is none or markup' }
    const fits =
      typeof markup === 'string' && markup.trim() !== '' && Buffer.byteLength(markup) <= MAX_MARKUP_BYTES
    return fits && !markup.includes('\u0000') && markup.isWellFormed()
      ? { value: { type, markup } }
      : { inner: 'markup', expected: `markup of 1 to ${MAX_MARKUP_BYTES} bytes` }
  })
}

const publisher = vine.object({
  name: name(),
  domain: hostName().nullable().optional(),
  blocks: blocks().optional(),
  ...status,
})
const site = vine.object({
  publisherId: uuidId<'publisher'>(),
  name: name(),
  type: vine.enum(SITE_TYPES).optional(),
  domain: hostName().nullable().optional(),
  bundle: vine.string().regex(BUNDLE).nullable().optional(),
  storeUrl: httpUrl().nullable().optional(),
  categories: categories().optional(),
  blocks: blocks().optional(),
  ...status,
})
const placement = vine.object({
  siteId: uuidId<'site'>(),
  name: name(),
  mediaType: vine.enum(['banner'] as const).optional(),
  sizes: vine
    .array(vine.object({ width: edge(), height: edge() }))
    .minLength(1)
    .maxLength(MAX_SIZES),
  floor: priceJson(['cpm']).nullable().optional(),
  fallback: fallback().optional(),
  blocks: blocks().optional(),
  ...status,
})

export const publisherInput = withoutLostNulls(vine.create(publisher))
export const publisherChange = withoutLostNulls(vine.create(publisher.partial()))
export const siteInput = withoutLostNulls(vine.create(site))
export const siteChange = withoutLostNulls(vine.create(site.partial()))
export const placementInput = withoutLostNulls(vine.create(placement))
export const placementChange = withoutLostNulls(vine.create(placement.partial()))

export type PublisherInput = Infer<typeof publisher>
export type SiteInput = Infer<typeof site>
export type PlacementInput = Infer<typeof placement>
