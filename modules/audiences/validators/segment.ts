/** What the API reads and answers for segments. */
import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { collection, oneOf as filterOneOf } from '#modules/kernel/http/collection'
import { name, uuidId } from '#modules/kernel/http/rules'
import { managed, oneOf, orNull, text, uuid } from '#modules/kernel/records/answers'
import { statusFields } from '#modules/kernel/records/fields'
import { withoutLostNulls } from '#modules/kernel/records/strict_nulls'
import { ENTRY_EVENTS } from '#modules/audiences/contract'

const STATUSES = ['active', 'paused', 'archived'] as const
const MAX_IDS = 100
export const MAX_DAYS = 180

const segment = vine.object({
  name: name(),
  expiresAfterDays: vine.number({ strict: true }).withoutDecimals().min(1).max(MAX_DAYS).optional(),
  rule: vine
    .object({
      event: vine.enum(ENTRY_EVENTS),
      ids: vine.array(uuidId<'line_item'>()).minLength(1).maxLength(MAX_IDS),
    })
    .nullable()
    .optional(),
  ...statusFields(STATUSES),
})
export type SegmentInput = Infer<typeof segment>
export const segmentInput = withoutLostNulls(vine.create(segment))
export const segmentChange = withoutLostNulls(vine.create(segment.partial()))

export const segmentLists = collection({
  table: 'audiences_segments',
  sort: {
    createdAt: 'created_at',
    updatedAt: 'updated_at',
    name: { sql: 'lower(audiences_segments.name)' },
    status: 'status',
  },
  defaultSort: '-createdAt',
  search: ['name'],
  filters: { status: filterOneOf('status', STATUSES) },
})

export const segmentAnswer = managed(STATUSES, {
  expiresAfterDays: { type: 'integer', minimum: 1, maximum: MAX_DAYS },
  rule: orNull({
    type: 'object',
    properties: { event: oneOf(ENTRY_EVENTS), ids: { type: 'array', items: uuid } },
    required: ['event', 'ids'],
  }),
  size: text,
})

/** How an upload changes a segment, and whether its lines are ids or their SHA-256. */
export const uploadQuery = vine.create({
  mode: vine.enum(['add', 'remove', 'replace'] as const).optional(),
  ids: vine.enum(['raw', 'sha256'] as const).optional(),
})
