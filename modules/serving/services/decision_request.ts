import { err, ok, type Result } from '#modules/kernel/result'
import { categoriesWithParents, CONTENT_TAXONOMIES } from '#modules/context/contract'
import type { Size } from '#modules/inventory/contract'
import type { ConsentSignals } from '#modules/privacy/contract'
import * as limits from '#modules/serving/limits'
import * as read from '#modules/serving/services/field_reader'
import { FieldRefusal, type KeyValues } from '#modules/serving/services/field_reader'

const PASSING_ID = /^[A-Za-z0-9_-]+$/

/** `cattax` when absent: Content Taxonomy 3.1. */
const DEFAULT_TAXONOMY = 9

/** One element of `placements`. */
export type SlotRequest = {
  readonly id: string
  readonly count: number
  readonly sizes: readonly Size[] | null
  readonly keywords: readonly string[]
  readonly properties: KeyValues
}

/** The body of `POST /v1/decisions`, checked, but for what only a consent lets us read. */
export type DecisionRequest = {
  readonly slots: readonly SlotRequest[]
  readonly url: string | null
  /** Ids of the IAB Content Taxonomy 3.1, parents included. */
  readonly categories: readonly string[]
  readonly referrer: string | null
  /** As it came. `readUserId` reads it once the consent gate has allowed that. */
  readonly user: unknown
  readonly keywords: readonly string[]
  readonly properties: KeyValues
  readonly consent: ConsentSignals
  /** What a server says on behalf of a person; honoured with an API token only. */
  readonly ip: string | null
  readonly userAgent: string | null
  readonly explain: boolean
  /** Ids that the page makes up and keeps in memory: of this view of it, and of the visit. Null when it says none. */
  readonly pageView: string | null
  readonly session: string | null
}

export type RequestFailure =
  | { readonly type: 'malformed' }
  | { readonly type: 'invalid'; readonly field: string; readonly detail: string }

/**
 * Reads a request. Unknown fields are ignored, `null` counts as absent, wrong types and sizes are refused with the
 * field's path such as `placements[2].sizes[0]`.
 */
export function parseDecisionRequest(body: Buffer): Result<DecisionRequest, RequestFailure> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return err({ type: 'malformed' }) // SyntaxError is the only thing that JSON.parse throws
  }
  return refusing(() => readRequest(value))
}

/** `user.id`; null when there is none. Call only when the consent decision says `mayUseId`. */
export function readUserId(user: unknown): Result<string | null, RequestFailure> {
  return refusing(() => {
    if (read.absent(user)) return null
    if (!read.isFields(user)) throw new FieldRefusal('user', 'must be an object')
    return read.readText(read.own(user, 'id'), 'user.id', limits.MAX_USER_ID_CHARS) || null
  })
}

/**
 * `user.segments`: ids of segments that the caller's own data say; empty when there are none. Call only for a caller with
 * an API token and when the consent decision says `mayUseId`.
 */
export function readUserSegments(user: unknown): Result<string[], RequestFailure> {
  return refusing(() => {
    if (!statesSegments(user)) return []
    const segments = read.own(user as Readonly<Record<string, unknown>>, 'segments')
    return read.readList(segments, 'user.segments', limits.MAX_USER_SEGMENTS, (id, at) => {
      const text = read.readText(id, at, limits.MAX_ID_CHARS)
      if (!text) throw new FieldRefusal(at, 'must be the id of a segment')
      return text
    })
  })
}

/** Whether a request states segments, whatever they are. */
export function statesSegments(user: unknown): boolean {
  return read.isFields(user) && !read.absent(read.own(user, 'segments'))
}

function refusing<T>(work: () => T): Result<T, RequestFailure> {
  try {
    return ok(work()) as Result<T, RequestFailure>
  } catch (error) {
    if (!(error instanceof FieldRefusal)) throw error
    return err({ type: 'invalid', field: error.field, detail: error.message })
  }
}

function readRequest(value: unknown): DecisionRequest {
  if (!read.isFields(value)) throw new FieldRefusal('body', 'must be a JSON object')
  const field = (name: string) => read.own(value, name)
  const slots = read.readList(field('placements'), 'placements', limits.MAX_PLACEMENTS, readSlot)
  if (slots.length === 0) throw new FieldRefusal('placements', 'must name at least one placement')
  return {
    slots,
    url: read.readUrl(field('url'), 'url'),
    categories: readCategories(field('categories'), field('cattax')),
    referrer: read.readUrl(field('referrer'), 'referrer'),
    user: field('user'),
    keywords: read.readKeywords(field('keywords'), 'keywords'),
    properties: read.readKeyValues(field('properties'), 'properties'),
    consent: readConsent(field('consent')),
    ip: read.readText(field('ip'), 'ip', limits.MAX_IP_CHARS),
    userAgent: read.readText(field('userAgent'), 'userAgent', limits.MAX_USER_AGENT_CHARS),
    explain: read.readBoolean(field('explain'), 'explain') ?? false,
    pageView: readPassingId(field('pageView'), 'pageView'),
    session: readPassingId(field('session'), 'session'),
  }
}

function readPassingId(value: unknown, field: string): string | null {
  const id = read.readText(value, field, limits.MAX_ID_CHARS) || null
  if (id === null || PASSING_ID.test(id)) return id
  throw new FieldRefusal(field, 'must be letters, digits, - and _')
}

/** Ids that 3.1 has nothing for are left out: a page may be about more than a version of a taxonomy knows. */
function readCategories(categories: unknown, cattax: unknown): string[] {
  const ids = read.readList(categories, 'categories', limits.MAX_CATEGORIES, (id, at) => {
    const text = read.readText(id, at, limits.MAX_CATEGORY_CHARS)
    if (!text) throw new FieldRefusal(at, 'must be the id of a category')
    return text
  })
  const taxonomy = read.readInteger(cattax, 'cattax', 1, 1000) ?? DEFAULT_TAXONOMY
  if (!CONTENT_TAXONOMIES.includes(taxonomy)) {
    throw new FieldRefusal('cattax', `must be a content taxonomy of IAB: ${CONTENT_TAXONOMIES.join(', ')}`)
  }
  return ids.length === 0 ? [] : categoriesWithParents(taxonomy, ids)
}

function readSlot(value: unknown, field: string): SlotRequest {
  if (!read.isFields(value)) throw new FieldRefusal(field, 'must be an object')
  const id = read.readText(read.own(value, 'id'), `${field}.id`, limits.MAX_ID_CHARS)
  if (!id) throw new FieldRefusal(`${field}.id`, 'must name a placement')
  return {
    id,
    count: read.readInteger(read.own(value, 'count'), `${field}.count`, 1, limits.MAX_COUNT) ?? 1,
    sizes: read.readSizes(read.own(value, 'sizes'), `${field}.sizes`),
    keywords: read.readKeywords(read.own(value, 'keywords'), `${field}.keywords`),
    properties: read.readKeyValues(read.own(value, 'properties'), `${field}.properties`),
  }
}

function readConsent(value: unknown): ConsentSignals {
  if (read.absent(value)) return {}
  if (!read.isFields(value)) throw new FieldRefusal('consent', 'must be an object')
  const text = (name: string) =>
    read.readText(read.own(value, name), `consent.${name}`, limits.MAX_CONSENT_CHARS) ?? undefined
  const sections = read.readList(
    read.own(value, 'gppSid'),
    'consent.gppSid',
    limits.MAX_GPP_SECTIONS,
    (section, at) => {
      if (!Number.isInteger(section)) throw new FieldRefusal(at, 'must be a whole number')
      return section as number
    }
  )
  return {
    gdpr: read.readBoolean(read.own(value, 'gdpr'), 'consent.gdpr'),
    tcf: text('tcf'),
    gpp: text('gpp'),
    gppSid: sections.length > 0 ? sections : undefined,
    usPrivacy: text('usPrivacy'),
  }
}
