import { err, ok, type Result } from '#modules/kernel/result'
import type { FrontConsent } from '#modules/serving/contract'

const MAX_PLACEMENTS = 20
const MAX_COUNT = 20
const MAX_NUMBERS = 50
const MAX_TEXT = 2048
const MAX_DIV_NAME = 200
/** Kevel's ids are positive 32-bit integers. */
const MAX_ID = 2_147_483_647

type Fields = Readonly<Record<string, unknown>>
export type KevelPlacement = {
  readonly divName: string
  readonly networkId: number | null
  readonly siteId: number | null
  readonly adTypes: readonly number[]
  readonly zoneIds: readonly number[]
  readonly campaignId: number | null
  readonly flightId: number | null
  readonly adId: number | null
  readonly properties: Fields
  readonly eventIds: readonly number[]
  readonly count: number
}
export type KevelRequest = {
  readonly placements: readonly KevelPlacement[]
  readonly userKey: string | null
  readonly keywords: readonly string[]
  readonly url: string | null
  readonly referrer: string | null
  readonly ip: string | null
  readonly blockedCreatives: readonly number[]
  readonly includePricingData: boolean
  readonly notrack: boolean
  readonly consent: FrontConsent
}
export type KevelRefusal = { readonly field: string; readonly message: string }

class Refusal extends Error {
  constructor(
    readonly field: string,
    detail: string
  ) {
    super(`${field} ${detail}`)
  }
}

/** Reads the body of `POST /api/v2`. Fields that are not known are ignored; null counts as absent, as SDKs send it. */
export function readKevelRequest(body: Buffer): Result<KevelRequest, KevelRefusal> {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return err({ field: 'body', message: 'The body is not JSON.' }) // JSON.parse throws nothing but SyntaxError
  }
  try {
    return ok(readRequest(objectOf(value, 'body')))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return err({ field: error.field, message: error.message })
  }
}

function readRequest(fields: Fields): KevelRequest {
  const placements = listOf(fields.placements, 'placements', MAX_PLACEMENTS).map(readPlacement)
  if (placements.length === 0) throw new Refusal('placements', 'must name at least one placement')
  const names = placements.map(({ divName }) => divName)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice >= 0) throw new Refusal(`placements[${twice}].divName`, 'is used twice')
  return {
    placements,
    userKey: textOf(optional(fields.user, 'user').key, 'user.key'),
    keywords: listOf(fields.keywords, 'keywords', MAX_NUMBERS).map(
      (word, index) => textOf(word, `keywords[${index}]`) ?? ''
    ),
    url: textOf(fields.url, 'url'),
    referrer: textOf(fields.referrer, 'referrer'),
    ip: textOf(fields.ip, 'ip'),
    blockedCreatives: numbersOf(fields.blockedCreatives, 'blockedCreatives'),
    includePricingData: fields.includePricingData === true,
    notrack: fields.notrack === true,
    consent: readConsent(optional(fields.consent, 'consent')),
  }
}

function readPlacement(value: unknown, index: number): KevelPlacement {
  const at = `placements[${index}]`
  const fields = objectOf(value, at)
  const divName = textOf(fields.divName, `${at}.divName`) || `div${index}`
  if (divName.length > MAX_DIV_NAME) {
    throw new Refusal(`${at}.divName`, `may have at most ${MAX_DIV_NAME} characters`)
  }
  const number = (name: string) => numberOf(fields[name], `${at}.${name}`, 1, MAX_ID)
  return {
    divName,
    networkId: number('networkId'),
    siteId: number('siteId'),
    adTypes: numbersOf(fields.adTypes, `${at}.adTypes`),
    zoneIds: numbersOf(fields.zoneIds, `${at}.zoneIds`),
    campaignId: number('campaignId'),
    flightId: number('flightId'),
    adId: number('adId'),
    properties: optional(fields.properties, `${at}.properties`),
    eventIds: numbersOf(fields.eventIds, `${at}.eventIds`),
    count: numberOf(fields.count, `${at}.count`, 1, MAX_COUNT) ?? 1,
  }
}

/** `consent` with the names of our own decision API; what Kevel's user database would hold is not known here. */
function readConsent(fields: Fields): FrontConsent {
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : undefined)
  const { gdpr, gppSid } = fields
  const sections = Array.isArray(gppSid) ? gppSid.slice(0, MAX_NUMBERS).filter(Number.isInteger) : []
  return {
    gdpr: typeof gdpr === 'boolean' ? gdpr : gdpr === 1 ? true : gdpr === 0 ? false : undefined,
    tcf: text('tcf'),
    gpp: text('gpp'),
    gppSid: sections.length > 0 ? (sections as number[]) : undefined,
    usPrivacy: text('usPrivacy'),
  }
}

const absent = (value: unknown) => value === undefined || value === null

function objectOf(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new Refusal(field, 'must be an object')
}

function optional(value: unknown, field: string): Fields {
  return absent(value) ? {} : objectOf(value, field)
}

function listOf(value: unknown, field: string, most: number): unknown[] {
  if (absent(value)) return []
  if (!Array.isArray(value)) throw new Refusal(field, 'must be a list')
  if (value.length > most) throw new Refusal(field, `may have at most ${most} elements`)
  return value
}

function textOf(value: unknown, field: string): string | null {
  if (absent(value)) return null
  if (typeof value !== 'string') throw new Refusal(field, 'must be a string')
  if (value.length > MAX_TEXT) throw new Refusal(field, `may have at most ${MAX_TEXT} characters`)
  return value
}

function numberOf(value: unknown, field: string, least: number, most: number): number | null {
  if (absent(value)) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Refusal(field, `must be a whole number from ${least} to ${most}`)
}

function numbersOf(value: unknown, field: string): number[] {
  return listOf(value, field, MAX_NUMBERS).map((one, index) => {
    const number = numberOf(one, `${field}[${index}]`, 0, MAX_ID)
    if (number === null) throw new Refusal(`${field}[${index}]`, 'must be a whole number')
    return number
  })
}
