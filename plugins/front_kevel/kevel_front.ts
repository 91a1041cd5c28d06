import type { EdgeHeaders, EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { CompatibilityFront, type FrontParts } from '#modules/serving/contract'
import { answerOf } from '#plugins/front_kevel/kevel_answer'
import { readKevelRequest, type KevelRefusal } from '#plugins/front_kevel/kevel_request'
import { resolveSlots } from '#plugins/front_kevel/kevel_slots'

const MAX_BODY_BYTES = 64 * 1024
const RETRY_AFTER_SECONDS = '5'
const HEADERS: EdgeHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}
const PREFLIGHT: EdgeHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'content-type, x-adzerk-sdk-version, x-adzerk-apikey, x-adzerk-explain',
  'access-control-max-age': '86400',
}

/**
 * `POST /api/v2`. Networks, sites, zones, flights and ads are our organisations, sites, placements, line items and
 * creatives under their external numbers. Impressions, clicks and viewable impressions are our trackers.
 */
export class KevelFront extends CompatibilityFront {
  readonly entrance = 'kevel'

  edgeRoutes(parts: FrontParts): readonly EdgeRoute[] {
    return [
      {
        method: 'POST',
        path: '/api/v2',
        maxBodyBytes: MAX_BODY_BYTES,
        handle: (request, reply) => decide(parts, request, reply),
      },
      {
        method: 'OPTIONS',
        path: '/api/v2',
        maxBodyBytes: 0,
        handle: (_request, reply) => reply.send(204, PREFLIGHT, ''),
      },
    ]
  }
}

async function decide(parts: FrontParts, request: EdgeRequest, reply: EdgeReply): Promise<void> {
  const read = readKevelRequest(request.body)
  if (!read.ok) return refuse(reply, read.error)
  if (!parts.ready()) return later(reply)
  const resolved = resolveSlots(read.value.placements, parts)
  if (!resolved.ok) return refuse(reply, resolved.error)
  const { slots, organisationId } = resolved.value
  const { keywords, consent, userKey, notrack, ip, url, referrer } = read.value
  const words = parts.keywordsOf(keywords)
  const open = slots.flatMap(({ asked, found }) =>
    found === null
      ? []
      : Array.from({ length: asked.count }, () => ({
          ...found,
          keywords: words,
          keyValues: parts.keyValuesOf(asked.properties),
        }))
  )
  const decisions = await parts.decide(request, {
    slots: open,
    url: url === null ? null : parts.pageUrl(url),
    referrer: referrer === null ? null : parts.pageUrl(referrer),
    consent,
    userId: notrack ? null : userKey,
    ip,
    userAgent: null,
    credential: request.header('x-adzerk-apikey') ?? request.header('x-kevel-apikey') ?? null,
  })
  const body = answerOf(read.value, slots, decisions, organisationId, parts.externalIds)
  reply.send(200, HEADERS, JSON.stringify(body))
}

function refuse(reply: EdgeReply, { field, message }: KevelRefusal): void {
  reply.send(400, HEADERS, JSON.stringify({ error: message, field }))
}

function later(reply: EdgeReply): void {
  const body = JSON.stringify({ error: 'The process is still loading what it decides with.' })
  reply.send(503, { ...HEADERS, 'retry-after': RETRY_AFTER_SECONDS }, body)
}
