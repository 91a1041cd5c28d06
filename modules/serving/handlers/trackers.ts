import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import type { AppendFailure, FactKind, TokenClaims, TokenFailure } from '#modules/events/contract'
import { FACT_KIND } from '#modules/events/contract'
import { MAX_TOKEN_CHARS, NO_BODY_BYTES } from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import { answerLater, answerProblem, OPEN_HEADERS, refusePrefetch } from '#modules/serving/services/answers'
import { clickDestination } from '#modules/serving/services/click_destination'
import { httpUrl } from '#modules/serving/services/field_reader'
import { hintsOf, isPrefetch } from '#modules/serving/services/request_signals'
import { indexOf } from '#modules/serving/services/snapshot_index'

/** One transparent pixel in 43 bytes. @source GIF89a */
export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')
/** What tracking needs of the parts. */
export type TrackerParts = Pick<ServingParts, 'clock' | 'agents' | 'codec' | 'log' | 'matching'>
/** Parameter of the landing page that carries the token. */
const CLICK_TOKEN = 'placard_click'
export const PIXEL_HEADERS = { ...OPEN_HEADERS, 'content-type': 'image/gif' }

/**
 * `GET /t/i|v|m|c/:token`. A fact is acknowledged only when it lies on disk. HEAD and prefetch are never counted, and a
 * token that is not ours, or not ours any more, leads nowhere.
 */
export function trackerRoutes(parts: TrackerParts): EdgeRoute[] {
  const trackers = new Trackers(parts)
  const route = (path: string, handle: EdgeRoute['handle']): EdgeRoute => ({
    method: 'GET',
    path,
    maxBodyBytes: NO_BODY_BYTES,
    handle,
  })
  return [
    route('/t/i/:token', (request, reply) => trackers.pixel('impression', request, reply)),
    route('/t/v/:token', (request, reply) => trackers.pixel('viewable', request, reply)),
    route('/t/m/:token', (request, reply) => trackers.pixel('measurable', request, reply)),
    route('/t/c/:token', (request, reply) => trackers.click(request, reply)),
  ]
}

type PixelKind = 'impression' | 'viewable' | 'measurable'

class Trackers {
  constructor(private readonly parts: TrackerParts) {}

  async pixel(kind: PixelKind, request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const claims = this.claimsOf(kind, request, reply)
    if (claims === null) return
    if (request.method === 'HEAD') return this.uncounted(kind, () => reply.send(200, PIXEL_HEADERS, PIXEL))
    const appended = await this.append(FACT_KIND[kind], claims, request)
    servingMetrics.trackers.inc(kind, appended ?? 'ok')
    if (appended === null) return reply.send(200, PIXEL_HEADERS, PIXEL)
    answerLater(reply, 'E_LOG_FULL', 'The event could not be written down; send it again.')
  }

  /**
   * Sends the person to the landing page of the creative. A click that the log does not take is not charged, but the
   * person still gets where the ad promised: that is counted as `unlogged`.
   */
  async click(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const claims = this.claimsOf('click', request, reply)
    if (claims === null) return
    const landing = this.landingOf(claims, request.params.token!)
    if (landing === null) return this.withoutLanding(reply)
    const headers = { ...OPEN_HEADERS, location: this.destinationOf(claims, request.query) ?? landing }
    if (request.method === 'HEAD') return this.uncounted('click', () => reply.send(302, headers, ''))
    const appended = await this.append(FACT_KIND.click, claims, request)
    servingMetrics.trackers.inc('click', appended === null ? 'ok' : 'unlogged')
    reply.send(302, headers, '')
  }

  /** Null when the request has been answered already: a prefetch, or a token that proves nothing. */
  private claimsOf(kind: string, request: EdgeRequest, reply: EdgeReply): TokenClaims | null {
    if (isPrefetch(request)) {
      this.uncounted(kind, () => refusePrefetch(reply), 'prefetch')
      return null
    }
    const token = request.params.token!
    const reading =
      token.length > MAX_TOKEN_CHARS
        ? ({ ok: false, failure: 'malformed' } as const)
        : this.parts.codec.read(token, this.parts.clock.now())
    if (reading.ok) return reading.claims
    servingMetrics.trackers.inc(kind, reading.failure)
    refuseToken(reply, reading.failure)
    return null
  }

  private async append(
    kind: FactKind,
    claims: TokenClaims,
    request: EdgeRequest
  ): Promise<AppendFailure['type'] | null> {
    const { expiresAt, ...copied } = claims
    const { bot } = this.parts.agents.read(request.header('user-agent') ?? '', hintsOf(request))
    const receivedAt = this.parts.clock.now()
    const appended = await this.parts.log.append({ ...copied, kind, filter: bot ? 'bot' : null, receivedAt })
    return appended.ok ? null : appended.error.type
  }

  /**
   * The snapshot's word, checked once more: whatever it says, we redirect to http(s) only. An advertiser that wants to
   * report conversions is told the token.
   */
  private landingOf(claims: TokenClaims, token: string): string | null {
    const engine = this.parts.matching.engine(claims.organisationId)
    const creative = engine && indexOf(engine.snapshot).creatives.get(claims.creativeId)
    const landing = creative ? httpUrl(creative.landingUrl) : null
    if (landing === null || !creative?.appendClickToken) return landing
    const url = new URL(landing)
    url.searchParams.set(CLICK_TOKEN, token)
    return url.href
  }

  /** What a third party has appended to the click address, where the creative allows it; null = the landing page. */
  private destinationOf(claims: TokenClaims, query: string): string | null {
    if (query === '') return null
    const engine = this.parts.matching.engine(claims.organisationId)
    const creative = engine && indexOf(engine.snapshot).creatives.get(claims.creativeId)
    return creative ? clickDestination(query, creative) : null
  }

  private withoutLanding(reply: EdgeReply): void {
    if (!this.parts.matching.ready) {
      servingMetrics.trackers.inc('click', 'not_ready')
      return answerLater(reply, 'E_NOT_READY', 'The process is still loading what it answers with.')
    }
    servingMetrics.trackers.inc('click', 'unknown_creative')
    answerProblem(reply, 404, 'E_CREATIVE_UNKNOWN', {
      detail: 'The creative of this ad is not known any more.',
    })
  }

  private uncounted(kind: string, answer: () => void, outcome = 'head'): void {
    servingMetrics.trackers.inc(kind, outcome)
    answer()
  }
}

function refuseToken(reply: EdgeReply, failure: TokenFailure): void {
  if (failure === 'expired') {
    return answerProblem(reply, 410, 'E_TOKEN_EXPIRED', { detail: 'This ad was given out too long ago.' })
  }
  // One answer for all kinds of wrong, so that a forger learns nothing.
  answerProblem(reply, 400, 'E_TOKEN_INVALID', { detail: 'This is not a token of ours.' })
}
