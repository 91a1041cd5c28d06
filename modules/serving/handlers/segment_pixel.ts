import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { newId, type Id } from '#modules/kernel/ids'
import { CHARGE, FACT_KIND } from '#modules/events/contract'
import { PIXEL, PIXEL_HEADERS } from '#modules/serving/handlers/trackers'
import { MAX_USER_ID_CHARS, NO_BODY_BYTES } from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import { refusePrefetch } from '#modules/serving/services/answers'
import { globalPrivacyControl, hintsOf, isPrefetch } from '#modules/serving/services/request_signals'
import { readTagQuery } from '#modules/serving/services/tag_query'

type Parts = Pick<ServingParts, 'clock' | 'log' | 'gate' | 'agents' | 'matching' | 'audiences'>

/**
 * `GET /t/s/:segment?id=…`: lets whoever loads it into a segment, when the consent in the query allows an id. Answers
 * its picture in any case.
 */
export function segmentPixelRoutes(parts: Parts): EdgeRoute[] {
  const handle = async (request: EdgeRequest, reply: EdgeReply) => {
    if (isPrefetch(request)) return refusePrefetch(reply)
    if (request.method !== 'HEAD') servingMetrics.trackers.inc('segment', await visit(parts, request))
    reply.send(200, PIXEL_HEADERS, PIXEL)
  }
  return [{ method: 'GET', path: '/t/s/:segment', maxBodyBytes: NO_BODY_BYTES, handle }]
}

/** What became of it. The consent decides first; only then is the id looked at. */
async function visit(parts: Parts, request: EdgeRequest): Promise<string> {
  const segmentId = request.params.segment!
  const organisationId = parts.audiences.organisationOf(segmentId)
  const currency = organisationId && parts.matching.engine(organisationId)?.snapshot.currency
  if (!organisationId || !currency) return 'unknown_segment'
  const { consent: signals } = readTagQuery(request.query)
  const consent = parts.gate.decide({ ...signals, globalPrivacyControl: globalPrivacyControl(request) })
  if (!consent.mayUseId) return 'no_consent'
  const id = new URLSearchParams(request.query).get('id') ?? ''
  if (id === '' || id.length > MAX_USER_ID_CHARS) return 'no_id'
  const now = parts.clock.now()
  const { bot } = parts.agents.read(request.header('user-agent') ?? '', hintsOf(request))
  const appended = await parts.log.append({
    kind: FACT_KIND.visit,
    id: newId(now),
    organisationId,
    placementId: segmentId as Id<'placement'>,
    lineItemId: null,
    creativeId: null,
    charge: CHARGE.none,
    price: 0,
    currency,
    purposes: consent.purposes,
    subjectRef: parts.gate.subjectRef(organisationId, id, consent, now),
    country: null,
    device: null,
    filter: bot ? 'bot' : null,
    receivedAt: now,
  })
  return appended.ok ? 'ok' : appended.error.type
}
