/** Zones of one call; Revive has no bound, a page with more has other troubles. */
const MAX_ZONES = 20
const MAX_NAME = 100
const MAX_URL = 2048
const ZONE_ID = /^[1-9]\d{0,9}$/
/** @source Revive's protection against reflected file download: letters, digits, `_` and `-` */
const PREFIX = /^[A-Za-z0-9_-]{0,100}$/
/** Parameters with a meaning of their own; all others are variables of the page, usable as key-values. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['zoneid', 'zones', 'what', 'n', 'nz', 'cb', 'r', 'id', 'prefix', 'block', 'blockcampaign', 'exclude'],
  ...['bannerid', 'campaignid', 'clientid', 'context', 'target', 'withtext', 'charset', 'mmm_fo', 'q', 't'],
  ...['loc', 'referer', 'ct0', 'dest', 'oadest', 'oaparams', 'refresh', 'resize', 'timeout', 'trackerid'],
  ...['gdpr', 'gdpr_consent', 'gpp', 'gpp_sid', 'us_privacy'],
])

export type ReviveZone = {
  /** What the answer calls it: the position, or the name that the page gave it. */
  readonly name: string
  /** Null for what cannot be the number of a zone: it gets no ad. */
  readonly zoneId: string | null
}
export type ReviveQuery = {
  readonly zones: readonly ReviveZone[]
  /** Null when it holds what it must not. */
  readonly prefix: string | null
  readonly loc: string | null
  readonly referer: string | null
  readonly block: boolean
  readonly blockCampaign: boolean
  readonly variables: Readonly<Record<string, string>>
  /** As it came, for what others read of it. */
  readonly fields: URLSearchParams
}

/**
 * Reads the query of a tag. A tag stands in a page that its author cannot watch, so what cannot be read is left out;
 * only a bad `prefix` is refused. `ct0` is ignored: a click goes through our tracker to the stored landing page.
 */
export function readReviveQuery(query: string): ReviveQuery {
  const fields = new URLSearchParams(query)
  const prefix = fields.get('prefix') ?? ''
  const short = (name: string) => {
    const text = fields.get(name)
    return text === null || text.length > MAX_URL ? null : text
  }
  const variables: Record<string, string> = Object.create(null)
  for (const [name, value] of fields) if (!RESERVED.has(name) && value !== '') variables[name] = value
  return {
    zones: zonesOf(fields),
    prefix: PREFIX.test(prefix) ? prefix : null,
    loc: short('loc'),
    referer: short('referer'),
    block: isSet(fields.get('block')),
    blockCampaign: isSet(fields.get('blockcampaign')),
    variables,
    fields,
  }
}

/** `zones=1|2`, `zones=name=1|other=2&nz=1`, `zoneid=1` or `what=zone:1`; empty elements keep their position. */
function zonesOf(fields: URLSearchParams): ReviveZone[] {
  const many = fields.get('zones')
  if (many === null) {
    const one = fields.get('zoneid') ?? /^zone:(.{1,10})$/.exec(fields.get('what') ?? '')?.[1] ?? ''
    return [{ name: '0', zoneId: zoneIdOf(one) }]
  }
  const named = isSet(fields.get('nz'))
  return many.split('|', MAX_ZONES).flatMap((text, index) => {
    if (text === '') return []
    if (!named) return [{ name: String(index), zoneId: zoneIdOf(text) }]
    const [name = '', zoneId = ''] = text.split('=', 2)
    return name.length > MAX_NAME ? [] : [{ name, zoneId: zoneIdOf(zoneId) }]
  })
}

function zoneIdOf(text: string): string | null {
  return ZONE_ID.test(text) ? text : null
}

function isSet(text: string | null): boolean {
  return text !== null && text !== '' && text !== '0'
}
