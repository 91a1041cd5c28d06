import { err, ok, type Result } from '#modules/kernel/result'

/** @source serializers of the Ethical Ad Server: lists, priorities and their bounds */
const MAX_PLACEMENTS = 20
const MAX_KEYWORDS = 100
const MAX_CAMPAIGN_TYPES = 10
const LEAST_PRIORITY = 1
const MOST_PRIORITY = 10
const MAX_NAME = 100
const MAX_TEXT = 1024
const SLUG = /^[-A-Za-z0-9_]{1,100}$/
const CALLBACK = /^[A-Za-z_$][A-Za-z0-9_$.]{0,99}$/
/** `affiliate`, `publisher-house` … are kinds of who pays; ours are house ads and the others. */
const CAMPAIGN_TYPES: ReadonlySet<string> = new Set([
  'paid',
  'affiliate',
  'community',
  'publisher-house',
  'house',
])

export type EthicalPlacement = { readonly divId: string; readonly adType: string; readonly priority: number }
export type EthicalRequest = {
  readonly publisher: string
  /** Most urgent first. */
  readonly placements: readonly EthicalPlacement[]
  readonly keywords: readonly string[]
  /** Empty: any. */
  readonly campaignTypes: ReadonlySet<string>
  readonly url: string | null
  readonly userIp: string | null
  readonly userAgent: string | null
  /** Name of the function that the answer calls; null for plain JSON. */
  readonly callback: string | null
}
/** Messages by field, as Django REST framework writes them. */
export type EthicalRefusal = Readonly<Record<string, readonly string[]>>

class Refusal extends Error {
  constructor(
    readonly field: string,
    message: string
  ) {
    super(message)
  }
}
type Fields = Readonly<Record<string, unknown>>

/** Reads a POST: JSON. */
export function readBody(body: Buffer): Result<EthicalRequest, EthicalRefusal> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return err({ detail: ['JSON parse error'] }) // JSON.parse throws nothing but SyntaxError
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return err({ non_field_errors: ['Invalid data. Expected a dictionary.'] })
  }
  return reading(() => readFields(value as Fields, null))
}

/** Reads a GET: lists are strings with `|` between the elements, and `format=jsonp` asks for a call. */
export function readQuery(query: string): Result<EthicalRequest, EthicalRefusal> {
  const fields = new URLSearchParams(query)
  const text = (name: string) => fields.get(name) ?? undefined
  const parts = (name: string) => (fields.get(name) ?? '').split('|', MAX_KEYWORDS + 1)
  return reading(() => {
    const [divIds, adTypes, priorities] = [parts('div_ids'), parts('ad_types'), parts('priorities')]
    const pairs = Math.min(divIds.length, adTypes.length)
    const placements = Array.from({ length: pairs }, (_none, index) => ({
      div_id: divIds[index],
      ad_type: adTypes[index],
      priority: priorities[index] ? Number(priorities[index]) : undefined,
    }))
    const whole = {
      placements,
      publisher: text('publisher'),
      keywords: parts('keywords').filter(Boolean),
      campaign_types: parts('campaign_types').filter(Boolean),
      url: text('url'),
      user_ip: text('user_ip'),
      user_ua: text('user_ua'),
    }
    return readFields(whole, callbackOf(fields))
  })
}

function callbackOf(fields: URLSearchParams): string | null {
  if (fields.get('format') !== 'jsonp') return null
  const callback = fields.get('callback') ?? 'callback'
  if (CALLBACK.test(callback)) return callback
  throw new Refusal('callback', 'Enter the name of a function.')
}

function reading(work: () => EthicalRequest): Result<EthicalRequest, EthicalRefusal> {
  try {
    return ok(work()) as Result<EthicalRequest, EthicalRefusal>
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return err({ [error.field]: [error.message] })
  }
}

function readFields(fields: Fields, callback: string | null): EthicalRequest {
  const publisher = textOf(fields.publisher, 'publisher', MAX_TEXT)
  if (!publisher) throw new Refusal('publisher', 'This field is required.')
  if (!SLUG.test(publisher)) throw new Refusal('publisher', 'Enter a valid "slug".')
  const placements = listOf(fields.placements, 'placements', MAX_PLACEMENTS).map(readPlacement)
  if (placements.length === 0) throw new Refusal('placements', 'At least one placement is required')
  const types = textsOf(fields.campaign_types, 'campaign_types', MAX_CAMPAIGN_TYPES)
  if (types.some((type) => !CAMPAIGN_TYPES.has(type))) {
    throw new Refusal('campaign_types', 'Invalid campaign type')
  }
  return {
    publisher,
    placements: placements.sort((one, other) => other.priority - one.priority),
    keywords: textsOf(fields.keywords, 'keywords', MAX_KEYWORDS),
    campaignTypes: new Set(types),
    url: typeof fields.url === 'string' ? fields.url : null,
    userIp: textOf(fields.user_ip, 'user_ip', MAX_NAME),
    userAgent: textOf(fields.user_ua, 'user_ua', MAX_TEXT),
    callback,
  }
}

function readPlacement(value: unknown): EthicalPlacement {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('placements', 'Invalid data. Expected a dictionary.')
  }
  const fields = value as Fields
  const divId = textOf(fields.div_id, 'placements', MAX_NAME)
  const adType = textOf(fields.ad_type, 'placements', MAX_NAME)
  if (!divId || !adType) throw new Refusal('placements', 'div_id and ad_type are required.')
  const priority = fields.priority ?? LEAST_PRIORITY
  const sound = typeof priority === 'number' && Number.isInteger(priority)
  if (!sound || priority < LEAST_PRIORITY || priority > MOST_PRIORITY) {
    throw new Refusal(
      'placements',
      `priority must be a whole number from ${LEAST_PRIORITY} to ${MOST_PRIORITY}.`
    )
  }
  return { divId, adType, priority }
}

function textOf(value: unknown, field: string, most: number): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new Refusal(field, 'Not a valid string.')
  if (value.length > most) {
    throw new Refusal(field, `Ensure this field has no more than ${most} characters.`)
  }
  return value
}

function listOf(value: unknown, field: string, most: number): unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Refusal(field, 'Expected a list of items.')
  if (value.length > most) throw new Refusal(field, `Ensure this field has no more than ${most} elements.`)
  return value
}

function textsOf(value: unknown, field: string, most: number): string[] {
  return listOf(value, field, most).map((one) => textOf(one, field, MAX_TEXT) ?? '')
}
