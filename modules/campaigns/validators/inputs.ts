/** What the API reads for advertisers, campaigns, line items and creatives; provisioning reads the same. */
import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { httpUrl, ianaZone, moneyJson, name, priceJson, text, uuidId } from '#modules/kernel/http/rules'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import { hostName, statusFields } from '#modules/kernel/records/fields'
import { withoutLostNulls } from '#modules/kernel/records/strict_nulls'
import { CONVERSION_WINDOW_MS } from '#modules/events/contract'
import { GOAL_TYPES, PRICE_MODELS, ROADBLOCKS, TIERS, PACINGS } from '#modules/campaigns/contract'
import { CREATIVE_TYPES } from '#modules/campaigns/models/creative'
import { frequencyCaps, labels } from '#modules/campaigns/validators/delivery_rules'
import { targeting } from '#modules/campaigns/validators/targeting'
import { when } from '#modules/campaigns/validators/when'

const MAX_GOAL = 1_000_000_000_000 // a thousand times what the largest publishers show in a month
const MAX_CREATIVES = 100 // of one line item
const MAX_EDGE = 4096 // CSS pixels; no screen is larger
const MAX_MARKUP_BYTES = 65_536
const ALT_LENGTH = 500
const TITLE_LENGTH = 120
const CALL_LENGTH = 30 // a button
const MAX_CLICK_DOMAINS = 20
const HOUR_MS = 3_600_000
export const DEFAULT_WEIGHT = 100

const plainStatus = statusFields(['active', 'paused', 'archived'])
const draftedStatus = statusFields(['draft', 'active', 'paused', 'archived'])
const whole = (most: number) => vine.number({ strict: true }).withoutDecimals().min(1).max(most)

/** Kept exactly as it came: a certificate or a signature may cover it. */
function markup() {
  const schema = { type: 'string', minLength: 1, maxLength: MAX_MARKUP_BYTES }
  return parsed<string, string>('markup', schema, (value): Reading<string> => {
    const fits =
      typeof value === 'string' && value.trim() !== '' && Buffer.byteLength(value) <= MAX_MARKUP_BYTES
    return fits && !value.includes('\u0000') && value.isWellFormed()
      ? { value }
      : { expected: `markup of 1 to ${MAX_MARKUP_BYTES} bytes without null characters` }
  })
}

const assignments = () =>
  vine
    .array(vine.object({ creativeId: uuidId<'creative'>(), weight: whole(1_000).optional() }))
    .maxLength(MAX_CREATIVES)

const advertiser = vine.object({
  name: name(),
  domain: hostName().nullable().optional(),
  appendClickToken: vine.boolean({ strict: true }).optional(),
  oneAdPerPage: vine.boolean({ strict: true }).optional(),
  frequencyCaps: frequencyCaps().optional(),
  ...plainStatus,
})
const pixel = vine.object({
  advertiserId: uuidId<'advertiser'>(),
  name: name(),
  windowHours: whole(CONVERSION_WINDOW_MS / HOUR_MS).optional(),
  ...plainStatus,
})
const campaign = vine.object({
  advertiserId: uuidId<'advertiser'>(),
  name: name(),
  timeZone: ianaZone().optional(),
  frequencyCaps: frequencyCaps().optional(),
  adCategories: labels().optional(),
  startsAt: when().optional(),
  endsAt: when().nullable().optional(),
  budgetTotal: moneyJson({ positive: true }).nullable().optional(),
  budgetDaily: moneyJson({ positive: true }).nullable().optional(),
  ...draftedStatus,
})
const lineItem = vine.object({
  campaignId: uuidId<'campaign'>(),
  name: name(),
  tier: vine.enum(TIERS),
  price: priceJson(PRICE_MODELS).nullable().optional(),
  budgetTotal: moneyJson({ positive: true }).nullable().optional(),
  budgetDaily: moneyJson({ positive: true }).nullable().optional(),
  goal: vine
    .object({ type: vine.enum(GOAL_TYPES), quantity: whole(MAX_GOAL) })
    .nullable()
    .optional(),
  shareOfVoice: whole(100).nullable().optional(),
  pacing: vine.enum(PACINGS).optional(),
  startsAt: when().nullable().optional(),
  endsAt: when().nullable().optional(),
  targeting: targeting().nullable().optional(),
  frequencyCaps: frequencyCaps().optional(),
  exclusionKeys: labels().optional(),
  adCategories: labels().optional(),
  roadblock: vine.enum(ROADBLOCKS).optional(),
  creatives: assignments().optional(),
  ...draftedStatus,
})
const creative = vine.object({
  advertiserId: uuidId<'advertiser'>(),
  name: name(),
  type: vine.enum(CREATIVE_TYPES).optional(),
  landingUrl: httpUrl(),
  altText: text(ALT_LENGTH).nullable().optional(),
  title: text(TITLE_LENGTH).nullable().optional(),
  body: text(ALT_LENGTH).nullable().optional(),
  callToAction: text(CALL_LENGTH).nullable().optional(),
  sponsoredBy: text(TITLE_LENGTH).nullable().optional(),
  frequencyCaps: frequencyCaps().optional(),
  clickDomains: vine.array(hostName()).maxLength(MAX_CLICK_DOMAINS).nullable().optional(),
  startsAt: when().nullable().optional(),
  endsAt: when().nullable().optional(),
  markup: markup().nullable().optional(),
  width: whole(MAX_EDGE).optional(),
  height: whole(MAX_EDGE).optional(),
  ...plainStatus,
})

export const advertiserInput = withoutLostNulls(vine.create(advertiser))
export const advertiserChange = withoutLostNulls(vine.create(advertiser.partial()))
export const campaignInput = withoutLostNulls(vine.create(campaign))
export const campaignChange = withoutLostNulls(vine.create(campaign.partial()))
export const lineItemInput = withoutLostNulls(vine.create(lineItem))
export const lineItemChange = withoutLostNulls(vine.create(lineItem.partial()))
export const creativeInput = withoutLostNulls(vine.create(creative))
export const creativeChange = withoutLostNulls(vine.create(creative.partial()))
export const pixelInput = withoutLostNulls(vine.create(pixel))
export const pixelChange = withoutLostNulls(vine.create(pixel.partial()))
export const assignmentsInput = vine.create({ creatives: assignments() })

export type AdvertiserInput = Infer<typeof advertiser>
export type CampaignInput = Infer<typeof campaign>
export type PixelInput = Infer<typeof pixel>
export type LineItemInput = Infer<typeof lineItem>
export type Assignment = { creativeId: string; weight?: number }
/** `image` is what an uploaded file became; JSON never carries it. */
export type CreativeInput = Infer<typeof creative>
