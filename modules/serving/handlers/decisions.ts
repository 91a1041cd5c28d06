import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { newId, type Id } from '#modules/kernel/ids'
import { err, ok, type Result } from '#modules/kernel/result'
import type { RequestFacts } from '#modules/context/contract'
import type { Principal } from '#modules/identity/contract'
import type { MatchEngine } from '#modules/matching/contract'
import { MAX_DECISION_BYTES, NO_BODY_BYTES } from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import type { Explained, SlotQuery, Viewer } from '#modules/serving/services/ad_server'
import { answerLater, answerProblem, OPEN_HEADERS } from '#modules/serving/services/answers'
import {
  parseDecisionRequest,
  readUserId,
  readUserSegments,
  statesSegments,
  type DecisionRequest,
  type RequestFailure,
} from '#modules/serving/services/decision_request'
import { bearerOf, globalPrivacyControl, signalsOf } from '#modules/serving/services/request_signals'
import { indexOf } from '#modules/serving/services/snapshot_index'

const JSON_HEADERS = { ...OPEN_HEADERS, 'content-type': 'application/json' }
const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type, content-encoding, authorization',
  'access-control-max-age': '86400',
}
type DecisionFailure =
  | RequestFailure
  | { readonly type: 'unknown_placement'; readonly field: string }
  | { readonly type: 'not_ready' }
type Found = { readonly engine: MatchEngine; readonly slots: readonly SlotQuery[] }

/** `POST /v1/decisions` and its preflight. The contract is in docs/decision-api.md. */
export function decisionRoutes(parts: ServingParts): EdgeRoute[] {
  const handler = new DecisionHandler(parts)
  return [
    {
      method: 'POST',
      path: '/v1/decisions',
      maxBodyBytes: MAX_DECISION_BYTES,
      handle: (request, reply) => handler.handle(request, reply),
    },
    {
      method: 'OPTIONS',
      path: '/v1/decisions',
      maxBodyBytes: NO_BODY_BYTES,
      handle: (_request, reply) => reply.send(204, PREFLIGHT_HEADERS, ''),
    },
  ]
}

const serviceTime = servingMetrics.serviceTime.with('decisions')

class DecisionHandler {
  constructor(private readonly parts: ServingParts) {}

  async handle(request: EdgeRequest, reply: EdgeReply): Promise<void> {
    const startedMs = performance.now()
    const answer = await this.decide(request)
    servingMetrics.decisions.inc('decisions', answer.ok ? 'ok' : answer.error.type)
    if (!answer.ok) return refuse(reply, answer.error)
    reply.send(200, JSON_HEADERS, JSON.stringify(answer.value))
    serviceTime.observe((performance.now() - startedMs) / 1000)
  }

  private async decide(request: EdgeRequest): Promise<Result<object, DecisionFailure>> {
    const parsed = parseDecisionRequest(request.body)
    if (!parsed.ok) return parsed
    const found = this.find(parsed.value)
    if (!found.ok) return found
    const { engine, slots } = found.value
    const organisationId = engine.snapshot.organisationId
    const principal = await this.principalOf(request, parsed.value, organisationId)
    const viewer = this.viewerOf(request, parsed.value, organisationId, principal)
    if (!viewer.ok) return viewer
    const explained = parsed.value.explain && mayExplain(principal) ? new Map() : undefined
    const nowMs = this.parts.clock.now()
    const asking = { ...viewer.value, ...toldOf(parsed.value) }
    const decisions = this.parts.adServer.serve(engine, slots, asking, nowMs, explained)
    const explain = explained ? { explain: explanation(explained) } : {}
    return ok({ id: newId<'decision'>(nowMs), decisions, ...explain })
  }

  /** All placements of a call belong to one organisation, that of the first; a foreign one is unknown. */
  private find(parsed: DecisionRequest): Result<Found, DecisionFailure> {
    const slots: SlotQuery[] = []
    let engine: MatchEngine | null = null
    for (const [index, slot] of parsed.slots.entries()) {
      const own: MatchEngine | null = engine ?? this.parts.matching.engineOf(slot.id)
      const placement = own && indexOf(own.snapshot).placements.get(slot.id)
      if (!own || !placement) {
        if (!this.parts.matching.ready) return err({ type: 'not_ready' })
        return err({ type: 'unknown_placement', field: `placements[${index}].id` })
      }
      engine = own
      const query: SlotQuery = {
        placement,
        sizes: slot.sizes,
        keywords: joined(parsed.keywords, slot.keywords),
        keyValues: Object.assign(Object.create(null), parsed.properties, slot.properties),
        pageUrl: parsed.url,
        categories: parsed.categories,
      }
      for (let count = 0; count < slot.count; count++) slots.push(query)
    }
    return ok({ engine: engine!, slots })
  }

  /** Null when nothing in the request needs a caller, or when the caller proves nothing in this organisation. */
  private async principalOf(
    request: EdgeRequest,
    { ip, userAgent, explain, user }: DecisionRequest,
    organisationId: Id<'organisation'>
  ): Promise<Principal | null> {
    if (ip === null && userAgent === null && !explain && !statesSegments(user)) return null
    const bearer = bearerOf(request)
    const principal = bearer === null ? null : await this.parts.identity.authenticate(bearer)
    if (principal?.organisationId !== organisationId) return null
    const { permissions } = principal
    return permissions.has('reports.read') || permissions.has('demand.read') ? principal : null
  }

  /** The consent decides first; only then is `user.id` looked at. */
  private viewerOf(
    request: EdgeRequest,
    parsed: DecisionRequest,
    organisationId: Id<'organisation'>,
    principal: Principal | null
  ): Result<Viewer, RequestFailure> {
    const signals = { ...parsed.consent, globalPrivacyControl: globalPrivacyControl(request) }
    const consent = this.parts.gate.decide(signals)
    const userId = consent.mayUseId ? readUserId(parsed.user) : ok(null)
    if (!userId.ok) return userId
    const stated = consent.mayUseId && principal !== null ? readUserSegments(parsed.user) : ok([])
    if (!stated.ok) return stated
    const nowMs = this.parts.clock.now()
    const { audiences } = this.parts
    const member =
      userId.value === null ? [] : audiences.segmentsOf(organisationId, userId.value, consent, nowMs)
    const segments = [...new Set([...member, ...audiences.known(organisationId, stated.value)])]
    const subjectRef =
      userId.value === null ? null : this.parts.gate.subjectRef(organisationId, userId.value, consent, nowMs)
    const capRef =
      userId.value === null ? null : this.parts.gate.capRef(organisationId, userId.value, consent)
    const { pageView, session } = parsed
    const facts = this.factsOf(request, parsed, principal)
    return ok({ facts, consent, subjectRef, capRef, segments, pageView, session })
  }

  /** What a server states about a person replaces what its own connection tells: the other half is unknown then. */
  private factsOf(request: EdgeRequest, parsed: DecisionRequest, principal: Principal | null): RequestFacts {
    const { ip, userAgent } = parsed
    if (principal === null || (ip === null && userAgent === null)) {
      return this.parts.context.describe(signalsOf(request))
    }
    const acceptLanguage = request.header('accept-language')
    return this.parts.context.describeStated({ ip, userAgent, acceptLanguage })
  }
}

/** What third-party markup may be told of the page. */
function toldOf({ url, referrer, consent }: DecisionRequest): Pick<Viewer, 'page' | 'signals'> {
  return { page: { url, referrer }, signals: consent }
}

/** Explanations name all line items of the organisation, so a member who is limited to a party gets none. */
function mayExplain(principal: Principal | null): boolean {
  return principal !== null && principal.parties === null
}

function explanation(explained: Explained): Record<string, { lineItemId: string; reason: string | null }[]> {
  const entries = [...explained].map(([placementId, reasons]) => [
    placementId,
    [...reasons].map(([lineItemId, reason]) => ({ lineItemId, reason })),
  ])
  return Object.fromEntries(entries)
}

function joined(general: readonly string[], own: readonly string[]): readonly string[] {
  return own.length === 0 ? general : [...new Set([...general, ...own])]
}

function refuse(reply: EdgeReply, failure: DecisionFailure): void {
  switch (failure.type) {
    case 'malformed':
      return answerProblem(reply, 400, 'E_MALFORMED_BODY', { detail: 'The body is not JSON.' })
    case 'invalid':
      return answerProblem(reply, 422, 'E_VALIDATION', { detail: failure.detail, field: failure.field })
    case 'unknown_placement':
      return answerProblem(reply, 404, 'E_PLACEMENT_UNKNOWN', {
        detail: 'There is no such placement.',
        field: failure.field,
      })
    case 'not_ready':
      return answerLater(reply, 'E_NOT_READY', 'The process is still loading what it decides with.')
  }
}
