/** Schemas of what the API answers, for the OpenAPI document. */
import {
  count,
  managed,
  money,
  oneOf,
  orNull,
  price,
  text,
  time,
  uuid,
} from '#modules/kernel/records/answers'
import { GOAL_TYPES, ROADBLOCKS, TIERS, PACINGS } from '#modules/campaigns/contract'
import { CREATIVE_TYPES } from '#modules/campaigns/models/creative'
import { frequencyCaps, labels } from '#modules/campaigns/validators/delivery_rules'
import { targeting } from '#modules/campaigns/validators/targeting'

const PLAIN = ['active', 'paused', 'archived']
const DRAFTED = ['draft', ...PLAIN]
const goal = {
  type: 'object',
  properties: { type: oneOf(GOAL_TYPES), quantity: count },
  required: ['type', 'quantity'],
}
const assignment = {
  type: 'object',
  properties: { creativeId: uuid, weight: { type: 'integer', minimum: 1, maximum: 1000 } },
  required: ['creativeId', 'weight'],
}

const caps = frequencyCaps().toJSONSchema() as Record<string, unknown>
const words = labels().toJSONSchema() as Record<string, unknown>

export const advertiser = managed(PLAIN, {
  domain: orNull(text),
  appendClickToken: { type: 'boolean' },
  oneAdPerPage: { type: 'boolean' },
  frequencyCaps: caps,
})

export const pixel = managed(PLAIN, {
  advertiserId: uuid,
  windowHours: { type: 'integer', minimum: 1, maximum: 2160 },
})

export const campaign = managed(DRAFTED, {
  advertiserId: uuid,
  timeZone: text,
  frequencyCaps: caps,
  adCategories: words,
  startsAt: time,
  endsAt: orNull(time),
  budgetTotal: orNull(money),
  budgetDaily: orNull(money),
  phase: oneOf(['draft', 'scheduled', 'live', 'paused', 'ended', 'archived']),
})

export const lineItem = managed(DRAFTED, {
  campaignId: uuid,
  advertiserId: uuid,
  tier: oneOf(TIERS),
  price: orNull(price),
  budgetTotal: orNull(money),
  budgetDaily: orNull(money),
  goal: orNull(goal),
  frequencyCaps: caps,
  exclusionKeys: words,
  adCategories: words,
  roadblock: oneOf(ROADBLOCKS),
  shareOfVoice: orNull({ type: 'integer', minimum: 1, maximum: 100 }),
  pacing: oneOf(PACINGS),
  startsAt: orNull(time),
  endsAt: orNull(time),
  targeting: targeting().toJSONSchema() as Record<string, unknown>,
  creatives: { type: 'array', items: assignment },
})

export const creative = managed(PLAIN, {
  advertiserId: uuid,
  type: oneOf(CREATIVE_TYPES),
  width: count,
  height: count,
  landingUrl: text,
  frequencyCaps: caps,
  altText: orNull(text),
  markup: orNull(text),
  title: orNull(text),
  body: orNull(text),
  callToAction: orNull(text),
  sponsoredBy: orNull(text),
  clickDomains: { type: 'array', items: text },
  startsAt: orNull(time),
  endsAt: orNull(time),
  assetPath: orNull(text),
  assetType: orNull(text),
  assetBytes: orNull(count),
  assetFrames: orNull(count),
})
