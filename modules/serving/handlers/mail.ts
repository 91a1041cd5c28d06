import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import type { EpochMs } from '#modules/kernel/time'
import { FACT_KIND, TOKEN_LIFETIME_MS, type TokenClaims } from '#modules/events/contract'
import type { Match, MatchEngine } from '#modules/matching/contract'
import { MAX_MAIL_KEY_CHARS, NO_BODY_BYTES } from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import { claimsOf, type SlotQuery, type Viewer } from '#modules/serving/services/ad_server'
import { answerLater, answerProblem, OPEN_HEADERS, refusePrefetch } from '#modules/serving/services/answers'
import { globalPrivacyControl, hintsOf, isPrefetch } from '#modules/serving/services/request_signals'
import { indexOf } from '#modules/serving/services/snapshot_index'
import { mailFilter, MailAds } from '#modules/serving/services/tag_mail'
import { readTagQuery } from '#modules/serving/services/tag_query'
import { PIXEL } from '#modules/serving/handlers/trackers'

type Entrance = 'image' | 'link'
/** What both addresses of a mail mean now. */
type Asked = {
  readonly engine: MatchEngine
  readonly slot: SlotQuery
  readonly key: string
  readonly match: Match | null
  readonly claims: TokenClaims | null
}
const PIXEL_HEADERS = { ...OPEN_HEADERS, 'content-type': 'image/gif' }

/**
 * `GET /v1/image/:placement?key=…` and `GET /v1/link/:placement?key=…`: the picture and the link of an ad in a mail. The
 * same query leads both to the same ad. Reads no id and sets none; where a link leads is the creative's word, never the
 * query's.
 */
export function mailRoutes(parts: ServingParts): EdgeRoute[] {
  const handler = new MailHandler(parts)
  const route = (path: string, handle: EdgeRoute['handle']): EdgeRoute => ({
    method: 'GET',
    path,
    maxBodyBytes: NO_BODY_BYTES,
    handle,
  })
  return [
    route('/v1/image/:placement', (request, reply) => handler.image(request, reply)),
    route('/v1/link/:placement', (request, reply) => handler.link(request, reply)),
  ]
}

class MailHandler {
  private readonly ads: MailAds
  constructor(private readonly parts: ServingParts) {
    this.ads = new MailAds(parts.mailKey)
  }

  /** Counts the impression, then sends to the picture; a transparent pixel when there is no ad. */
  async image(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const nowMs = this.parts.clock.now()
    const asked = this.read('image', request, reply, nowMs)
    if (asked === null) return
    const { match, claims } = asked
    if (request.method !== 'HEAD') await this.count(asked, request, nowMs)
    if (match === null || claims === null) return reply.send(200, PIXEL_HEADERS, PIXEL)
    const location = this.parts.settings.creativeOrigin + match.creative.assetPath!
    reply.send(302, { ...OPEN_HEADERS, location }, '')
  }

  /** Sends to the ad's click tracker, which counts and knows the landing page. */
  link(request: EdgeRequest, reply: EdgeReply): void {
    const asked = this.read('link', request, reply, this.parts.clock.now())
    if (asked === null) return
    if (asked.claims === null) {
      return answerProblem(reply, 404, 'E_NO_AD', { detail: 'There is no ad behind this link now.' })
    }
    const location = `${this.parts.settings.origin}/t/c/${this.parts.codec.write(asked.claims)}`
    reply.send(302, { ...OPEN_HEADERS, location }, '')
  }

  /** Null when the request has been answered already. */
  private read(entrance: Entrance, request: EdgeRequest, reply: EdgeReply, nowMs: EpochMs): Asked | null {
    const refusal = this.refusal(request, reply)
    if (refusal !== null) {
      servingMetrics.decisions.inc(entrance, refusal)
      return null
    }
    const { sizes, keywords } = readTagQuery(request.query)
    const engine = this.parts.matching.engineOf(request.params.placement!)!
    const placement = indexOf(engine.snapshot).placements.get(request.params.placement!)!
    const slot = { placement, sizes, keywords, keyValues: Object.create(null) }
    const key = keyOf(request)
    const match = this.ads.choose(engine, slot, key, nowMs)
    servingMetrics.decisions.inc(entrance, match ? 'ok' : 'no_ad')
    const claims = match && this.claims(engine, slot, match, key, request, nowMs)
    return { engine, slot, key, match, claims }
  }

  /** Answers what cannot be an ad; null when it can. */
  private refusal(request: EdgeRequest, reply: EdgeReply): string | null {
    if (isPrefetch(request)) {
      refusePrefetch(reply)
      return 'prefetch'
    }
    const engine = this.parts.matching.engineOf(request.params.placement!)
    if (!engine || !indexOf(engine.snapshot).placements.has(request.params.placement!)) {
      if (this.parts.matching.ready) {
        answerProblem(reply, 404, 'E_PLACEMENT_UNKNOWN', { detail: 'There is no such placement.' })
        return 'unknown_placement'
      }
      answerLater(reply, 'E_NOT_READY', 'The process is still loading what it decides with.')
      return 'not_ready'
    }
    const { length } = keyOf(request)
    if (length > 0 && length <= MAX_MAIL_KEY_CHARS) return null
    const detail = `must be the same 1 to ${MAX_MAIL_KEY_CHARS} characters in picture and link, others for each recipient`
    answerProblem(reply, 422, 'E_VALIDATION', { detail, field: 'key' })
    return 'invalid'
  }

  private claims(
    engine: MatchEngine,
    { placement }: SlotQuery,
    match: Match,
    key: string,
    request: EdgeRequest,
    nowMs: EpochMs
  ): TokenClaims {
    const { id, issuedAt } = this.ads.factId(placement.id, key, nowMs)
    const claims = claimsOf(engine, placement, match, this.viewerOf(request), issuedAt)
    return { ...claims, id, expiresAt: (issuedAt + TOKEN_LIFETIME_MS) as EpochMs } as TokenClaims
  }

  /** Whoever fetches may be a proxy far from the reader: country and device are unknown. */
  private viewerOf(request: EdgeRequest): Viewer {
    const { consent: signals } = readTagQuery(request.query)
    const consent = this.parts.gate.decide({
      ...signals,
      globalPrivacyControl: globalPrivacyControl(request),
    })
    const facts = this.parts.context.describeStated({ ip: null, userAgent: null, acceptLanguage: undefined })
    return { facts, consent, subjectRef: null }
  }

  /** A picture that the log does not take is shown all the same, uncounted. */
  private async count(asked: Asked, request: EdgeRequest, nowMs: EpochMs): Promise<void> {
    const userAgent = request.header('user-agent')
    const filter = mailFilter(userAgent, this.parts.agents.read(userAgent ?? '', hintsOf(request)).bot)
    const { claims, engine, slot, key } = asked
    const empty = () => ({
      ...claimsOf(engine, slot.placement, null, this.viewerOf(request), nowMs),
      id: this.ads.factId(slot.placement.id, key, nowMs).id,
    })
    const { expiresAt, ...slotFact } = claims ?? empty()
    const taken = this.parts.log.note({ ...slotFact, kind: FACT_KIND.request, filter, receivedAt: nowMs })
    if (!taken) servingMetrics.unnoted.inc()
    if (claims === null) return
    const fact = { ...slotFact, kind: FACT_KIND.impression, filter, receivedAt: nowMs }
    const appended = await this.parts.log.append(fact)
    servingMetrics.trackers.inc('impression', appended.ok ? 'ok' : 'unlogged')
  }
}

/** `key`, or `cb` as many mail tools call it. */
function keyOf(request: EdgeRequest): string {
  const fields = new URLSearchParams(request.query)
  return (fields.get('key') ?? fields.get('cb') ?? '').trim()
}
