import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { NO_BODY_BYTES } from '#modules/serving/limits'
import { servingMetrics } from '#modules/serving/metrics'
import type { ServingParts } from '#modules/serving/parts'
import { httpUrl, type KeyValues } from '#modules/serving/services/field_reader'
import { answerLater, OPEN_HEADERS, refusePrefetch } from '#modules/serving/services/answers'
import { globalPrivacyControl, isPrefetch, signalsOf } from '#modules/serving/services/request_signals'
import { indexOf } from '#modules/serving/services/snapshot_index'
import { tagDocument, UNKNOWN_PLACEMENT, type TagDocument } from '#modules/serving/services/tag_document'
import { readTagQuery } from '#modules/serving/services/tag_query'

const NO_KEY_VALUES: KeyValues = Object.freeze(Object.create(null))
const serviceTime = servingMetrics.serviceTime.with('tag')

/** `GET /v1/tag/:placement`: one ad as the document of an iframe. Reads no id and sets none. */
export function tagRoutes(parts: ServingParts): EdgeRoute[] {
  const handle = (request: EdgeRequest, reply: EdgeReply) => {
    const startedMs = performance.now()
    const outcome = answerTag(parts, request, reply)
    servingMetrics.decisions.inc('tag', outcome)
    if (outcome === 'ok') serviceTime.observe((performance.now() - startedMs) / 1000)
  }
  return [{ method: 'GET', path: '/v1/tag/:placement', maxBodyBytes: NO_BODY_BYTES, handle }]
}

function answerTag(parts: ServingParts, request: EdgeRequest, reply: EdgeReply): string {
  if (isPrefetch(request)) {
    refusePrefetch(reply)
    return 'prefetch'
  }
  const engine = parts.matching.engineOf(request.params.placement!)
  const placement = engine && indexOf(engine.snapshot).placements.get(request.params.placement!)
  if (!engine || !placement) {
    if (parts.matching.ready) {
      sendDocument(reply, 404, UNKNOWN_PLACEMENT)
      return 'unknown_placement'
    }
    answerLater(reply, 'E_NOT_READY', 'The process is still loading what it decides with.')
    return 'not_ready'
  }
  // A HEAD request shows nobody anything, so it uses up no ad.
  if (request.method === 'HEAD') {
    sendDocument(
      reply,
      200,
      tagDocument({ placementId: placement.id, ad: null }, parts.scripts, parts.settings)
    )
    return 'head'
  }
  const { sizes, keywords, consent: signals } = readTagQuery(request.query)
  const consent = parts.gate.decide({ ...signals, globalPrivacyControl: globalPrivacyControl(request) })
  const viewer = { facts: parts.context.describe(signalsOf(request)), consent, subjectRef: null, signals }
  const pageUrl = httpUrl(request.header('referer') ?? '')
  const slot = { placement, sizes, keywords, keyValues: NO_KEY_VALUES, pageUrl }
  const [decision] = parts.adServer.serve(engine, [slot], viewer, parts.clock.now())
  sendDocument(reply, 200, tagDocument(decision!, parts.scripts, parts.settings))
  return 'ok'
}

export function sendDocument(reply: EdgeReply, status: number, { html, policy }: TagDocument): void {
  const headers = {
    ...OPEN_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
  }
  reply.send(status, headers, html)
}
