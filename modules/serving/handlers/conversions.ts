import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import type { Fact } from '#modules/events/contract'
import type { Principal } from '#modules/identity/contract'
import { PIXEL, PIXEL_HEADERS } from '#modules/serving/handlers/trackers'
import * as limits from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import { answerLater, answerProblem, OPEN_HEADERS, refusePrefetch } from '#modules/serving/services/answers'
import { Conversions, type ConversionRefusal } from '#modules/serving/services/conversions'
import { parseConversions, type GivenConversion } from '#modules/serving/services/conversion_request'
import { bearerOf, hintsOf, isPrefetch } from '#modules/serving/services/request_signals'

const JSON_HEADERS = { ...OPEN_HEADERS, 'content-type': 'application/json' }
type Parts = Pick<ServingParts, 'clock' | 'codec' | 'log' | 'matching' | 'agents' | 'identity'>
type Outcome = { status: 'accepted' | 'duplicate' } | ({ status: 'refused' } & ConversionRefusal)

/** `GET /t/x/:pixel` and `POST /v1/conversions`. The contract is in docs/conversions.md. */
export function conversionRoutes(parts: Parts): EdgeRoute[] {
  const handler = new ConversionHandler(parts)
  return [
    {
      method: 'GET',
      path: '/t/x/:pixel',
      maxBodyBytes: limits.NO_BODY_BYTES,
      handle: (request, reply) => handler.pixel(request, reply),
    },
    {
      method: 'POST',
      path: '/v1/conversions',
      maxBodyBytes: limits.MAX_CONVERSION_BYTES,
      handle: (request, reply) => handler.batch(request, reply),
    },
  ]
}

class ConversionHandler {
  private readonly conversions: Conversions
  constructor(private readonly parts: Parts) {
    this.conversions = new Conversions(parts)
  }

  /** Answers the picture whatever it was told: a page shows no error to a person over a pixel. */
  async pixel(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    if (isPrefetch(request)) return refusePrefetch(reply)
    if (request.method !== 'HEAD') servingMetrics.conversions.inc('pixel', await this.count(request))
    reply.send(200, PIXEL_HEADERS, PIXEL)
  }

  private async count(request: EdgeRequest): Promise<string> {
    const known = this.conversions.find(request.params.pixel!)
    if (known === null) return 'pixel_unknown'
    const query = new URLSearchParams(request.query)
    const told = {
      orderId: query.get('order'),
      token: query.get('token'),
      amount: query.get('value'),
      currency: query.get('currency'),
    }
    const { bot } = this.parts.agents.read(request.header('user-agent') ?? '', hintsOf(request))
    const facts = this.conversions.factsOf(known, told, bot ? 'bot' : null)
    if (!facts.ok) return facts.error.reason
    return (await this.conversions.write(facts.value)) ?? 'unlogged'
  }

  async batch(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const principal = await this.principalOf(request, reply)
    if (principal === null) return
    const given = parseConversions(request.body)
    if (!given.ok) {
      const { field, detail } = given.error
      if (field === null) return answerProblem(reply, 400, 'E_MALFORMED_BODY', { detail })
      return answerProblem(reply, 422, 'E_VALIDATION', { detail, field })
    }
    if (!this.parts.matching.ready) {
      return answerLater(reply, 'E_NOT_READY', 'The process is still loading what it answers with.')
    }
    // Together, so that they share a sync of the disk; a call is told of as a whole, and may be sent again whole.
    const outcomes = await Promise.all(given.value.map((one) => this.take(one, principal)))
    for (const outcome of outcomes) servingMetrics.conversions.inc('server', nameOf(outcome))
    if (outcomes.includes(null)) {
      return answerLater(reply, 'E_LOG_FULL', 'Not all could be written down; send the call again.')
    }
    reply.send(200, JSON_HEADERS, JSON.stringify({ results: outcomes }))
  }

  private async take(given: GivenConversion, principal: Principal): Promise<Outcome | null> {
    const known = this.conversions.find(given.pixelId, principal.organisationId)
    if (known === null || !mayReport(principal, known.pixel.advertiserId)) {
      return { status: 'refused', reason: 'pixel_unknown' }
    }
    const facts = this.conversions.factsOf(known, given, null)
    if (!facts.ok) return { status: 'refused', ...facts.error }
    const status = await this.conversions.write(facts.value satisfies Fact[])
    return status && { status }
  }

  /** Null when the request has been answered: nobody we know, or somebody without the right. */
  private async principalOf(request: EdgeRequest, reply: EdgeReply): Promise<Principal | null> {
    const bearer = bearerOf(request)
    const principal = bearer === null ? null : await this.parts.identity.authenticate(bearer)
    if (principal?.permissions.has('conversions.write')) return principal
    if (principal) {
      answerProblem(reply, 403, 'E_NOT_ALLOWED', { detail: 'The API token needs the scope conversions.' })
    } else answerProblem(reply, 401, 'E_NOT_AUTHENTICATED', { detail: 'Send an API token as bearer.' })
    return null
  }
}

/** People of one advertiser report for its pixels only. */
function mayReport({ parties }: Principal, advertiserId: string): boolean {
  return parties === null || parties.some(({ type, id }) => type === 'advertiser' && id === advertiserId)
}

function nameOf(outcome: Outcome | null): string {
  if (outcome === null) return 'unlogged'
  return outcome.status === 'refused' ? outcome.reason : outcome.status
}
