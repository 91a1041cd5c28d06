import type { EdgeHeaders, EdgeReply, EdgeRequest } from '#modules/kernel/edge'
import type { FrontParts } from '#modules/serving/contract'
import { adsFor, type ZoneAd } from '#plugins/front_revive/revive_ads'
import { readReviveQuery, type ReviveQuery } from '#plugins/front_revive/revive_query'
import * as scripts from '#plugins/front_revive/revive_scripts'

const NO_SNIFFING: EdgeHeaders = { 'x-content-type-options': 'nosniff' }
const OPEN: EdgeHeaders = {
  ...NO_SNIFFING,
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
}
const SCRIPT: EdgeHeaders = { ...OPEN, 'content-type': 'text/javascript; charset=utf-8' }
const JSON_TEXT: EdgeHeaders = { ...OPEN, 'content-type': 'application/json; charset=utf-8' }
const PLAIN: EdgeHeaders = { ...OPEN, 'content-type': 'text/plain; charset=utf-8' }
const GIF: EdgeHeaders = { ...OPEN, 'content-type': 'image/gif' }
/** The ad has an origin of its own, even where delivery and admin share a host. */
const DOCUMENT: EdgeHeaders = {
  ...OPEN,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    'sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; ' +
    "default-src https: http: data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'",
  'referrer-policy': 'strict-origin-when-cross-origin',
}
/** One transparent pixel. @source GIF89a */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')
const SCRIPT_CACHE = 'public, max-age=3600, stale-while-revalidate=86400'
const MAX_TOKEN = 512
/** What `/t/x/:pixel` reads; see docs/conversions.md. */
const CONVERSION_FIELDS = ['order', 'value', 'currency', 'token'] as const
const NO_ZONES: ReviveQuery['zones'] = []

/** What each of Revive's delivery scripts answers. `base` is the absolute URL of the folder that they lie in. */
export class ReviveDelivery {
  constructor(
    private readonly parts: FrontParts,
    private readonly base: string
  ) {}

  /** `asyncjs.php` */
  asyncScript(reply: EdgeReply): void {
    const headers = { ...SCRIPT, 'cache-control': SCRIPT_CACHE }
    reply.send(200, headers, scripts.asyncScript(`${this.base}/asyncspc.php`))
  }

  /** `asyncspc.php`: what each zone shows, as JSON by prefix and position. */
  async asyncCall(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const query = readReviveQuery(request.query)
    if (query.prefix === null) {
      return reply.send(400, PLAIN, 'prefix may hold letters, digits, _ and - only.\n')
    }
    const ads = await this.adsOf(query, request, reply)
    if (ads === null) return
    const answer: Record<string, object> = Object.create(null)
    for (const { zone, html, width, height } of ads) {
      answer[query.prefix + zone.name] = { html, width, height, iframeFriendly: false }
    }
    reply.send(200, JSON_TEXT, JSON.stringify(answer))
  }

  /** `spcjs.php?id=` with the number of a publisher. */
  singleCallScript(request: EdgeRequest, reply: EdgeReply): void {
    const { externalIds, placementsOf } = this.parts
    const owner = externalIds.find('publisher', new URLSearchParams(request.query).get('id') ?? '')
    const own = owner
      ? placementsOf(owner.organisationId).filter(({ publisherId }) => publisherId === owner.object)
      : []
    const zones = own.flatMap(({ id, organisationId }) => {
      return externalIds.numberOf(organisationId, 'placement', id) ?? []
    })
    reply.send(200, SCRIPT, scripts.singleCallScript(`${this.base}/spc.php`, zones))
  }

  /** `spc.php`: what each zone shows, as a script that fills `OA_output`. */
  async singleCall(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const query = readReviveQuery(request.query)
    const ads = await this.adsOf(query, request, reply)
    if (ads === null) return
    const named = query.fields.get('nz') ? ads : ads.filter(({ zone }) => zone.zoneId !== null)
    const output = named.map(({ zone, html }) => ({
      name: query.fields.get('nz') ? zone.name : (zone.zoneId ?? ''),
      html,
    }))
    reply.send(200, SCRIPT, scripts.outputScript(output))
  }

  /** `ajs.php`: a script that writes the ad where it stands. */
  async script(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const ads = await this.adsOf(readReviveQuery(request.query), request, reply)
    if (ads !== null) reply.send(200, SCRIPT, scripts.writeScript(ads[0]?.html ?? ''))
  }

  /** `afr.php`: the document of an iframe. */
  async frame(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const ads = await this.adsOf(readReviveQuery(request.query), request, reply)
    if (ads !== null) reply.send(200, DOCUMENT, scripts.frameDocument(ads[0]?.html ?? ''))
  }

  /** `avw.php`: the picture itself. Whoever asks for it shows it, so the impression is counted at once. */
  async image(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const ads = await this.adsOf(readReviveQuery(request.query), request, reply)
    if (ads === null) return
    const ad = ads[0]?.ad ?? null
    if (ad === null || ad.imageUrl === null) return reply.send(200, GIF, PIXEL)
    const counted = await this.parts.track('impression', ad.token, request)
    if (counted.status !== 200) {
      return reply.send(counted.status, { ...counted.headers, ...NO_SNIFFING }, counted.body)
    }
    reply.send(302, { ...OPEN, location: ad.imageUrl }, '')
  }

  /** `ck.php`, `cl.php`: with a token (`t`) to the stored landing page; without one nowhere. */
  async click(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const token = tokenOf(request)
    if (token === null) {
      return reply.send(404, PLAIN, 'This link does not say which ad it belongs to, so it leads nowhere.\n')
    }
    const { status, headers, body } = await this.parts.track('click', token, request)
    reply.send(status, { ...headers, ...NO_SNIFFING }, body)
  }

  /** `lg.php`: with a token (`t`) it counts; banner and zone numbers prove nothing, so they get the pixel only. */
  async log(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const token = tokenOf(request)
    if (token === null) return reply.send(200, GIF, PIXEL)
    const { status, headers, body } = await this.parts.track('impression', token, request)
    reply.send(status, { ...headers, ...NO_SNIFFING }, body)
  }

  /** `ti.php`: on to the conversion pixel that the tracker's number stands for, with what it reads. */
  conversion(request: EdgeRequest, reply: EdgeReply): void {
    const query = new URLSearchParams(request.query)
    const target = this.parts.externalIds.find('pixel', query.get('trackerid') ?? '')
    if (target === null) return reply.send(404, GIF, PIXEL)
    const told = CONVERSION_FIELDS.flatMap((name) => {
      const value = query.get(name)
      return value === null || value.length > MAX_TOKEN ? [] : [[name, value]]
    })
    const search = told.length === 0 ? '' : `?${new URLSearchParams(told)}`
    reply.send(302, { ...OPEN, location: `${this.parts.origin}/t/x/${target.object}${search}` }, '')
  }

  /** Null when the request has been answered already. A HEAD shows nobody anything, so it uses up no ad. */
  private async adsOf(
    query: ReviveQuery,
    request: EdgeRequest,
    reply: EdgeReply
  ): Promise<readonly ZoneAd[] | null> {
    const prefetch = /^\s*prefetch\b/i.test(request.header('sec-purpose') ?? request.header('purpose') ?? '')
    if (prefetch || !this.parts.ready()) {
      reply.send(503, { ...PLAIN, ...(prefetch ? {} : { 'retry-after': '5' }) }, '')
      return null
    }
    const zones = request.method === 'HEAD' ? NO_ZONES : query.zones
    return adsFor({ ...query, zones }, this.parts, request)
  }
}

function tokenOf(request: EdgeRequest): string | null {
  const token = new URLSearchParams(request.query).get('t')
  return token === null || token === '' || token.length > MAX_TOKEN ? null : token
}
