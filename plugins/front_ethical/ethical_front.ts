import type { EdgeHeaders, EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import type { Result } from '#modules/kernel/result'
import {
  CompatibilityFront,
  type FrontAd,
  type FrontParts,
  type FrontPlacement,
  type FrontSize,
} from '#modules/serving/contract'
import { adAnswer, bodyOf } from '#plugins/front_ethical/ethical_answer'
import {
  readBody,
  readQuery,
  type EthicalPlacement,
  type EthicalRefusal,
  type EthicalRequest,
} from '#plugins/front_ethical/ethical_request'

const MAX_BODY_BYTES = 64 * 1024
const PATHS = ['/api/v1/decision/', '/api/v1/decision'] as const
const HEADERS: EdgeHeaders = {
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}
const PREFLIGHT: EdgeHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, authorization',
  'access-control-max-age': '86400',
}
/** Ad types of the page client, whose pictures are 240 × 180. @source publisher guide of EthicalAds */
const STANDARD: ReadonlyMap<string, string> = new Map([
  ['image', '240x180'],
  ['image-v1', '240x180'],
])
type Open = { readonly asked: EthicalPlacement; readonly placement: FrontPlacement; readonly size: FrontSize }

/** `GET|POST /api/v1/decision/`: under the prefix of the management API, so by exact path and before its guard. */
export class EthicalFront extends CompatibilityFront {
  readonly entrance = 'ethical'

  edgeRoutes(parts: FrontParts): readonly EdgeRoute[] {
    return PATHS.flatMap((path) => [
      {
        method: 'GET' as const,
        path,
        maxBodyBytes: 0,
        handle: (request: EdgeRequest, reply: EdgeReply) =>
          decide(parts, request, reply, readQuery(request.query)),
      },
      {
        method: 'POST' as const,
        path,
        maxBodyBytes: MAX_BODY_BYTES,
        handle: (request: EdgeRequest, reply: EdgeReply) =>
          decide(parts, request, reply, readBody(request.body)),
      },
      {
        method: 'OPTIONS' as const,
        path,
        maxBodyBytes: 0,
        handle: (_request: EdgeRequest, reply: EdgeReply) => reply.send(204, PREFLIGHT, ''),
      },
    ])
  }
}

async function decide(
  parts: FrontParts,
  request: EdgeRequest,
  reply: EdgeReply,
  read: Result<EthicalRequest, EthicalRefusal>
): Promise<void> {
  if (!read.ok) return send(reply, 400, read.error, null)
  const { publisher, callback } = read.value
  if (!parts.ready()) return send(reply, 503, { detail: 'Still loading.' }, null, { 'retry-after': '5' })
  const owner = parts.externalIds.find('publisher', publisher)
  if (owner === null) return send(reply, 400, { publisher: ['Invalid publisher'] }, null)
  // A HEAD request shows nobody anything, so it uses up no ad.
  if (request.method === 'HEAD') return send(reply, 200, {}, callback)
  const own = parts
    .placementsOf(owner.organisationId)
    .filter(({ active, publisherId }) => active && publisherId === owner.object)
  for (const asked of read.value.placements) {
    const open = openFor(asked, own, owner.organisationId, parts)
    const ad = open && (await adFor(open, parts, request, read.value))
    if (!ad) continue
    const id = parts.externalIds.numberOf(owner.organisationId, 'creative', ad.creativeId)
    return send(reply, 200, adAnswer(ad, asked, id), callback)
  }
  send(reply, 200, {}, callback)
}

/** The publisher's first placement that allows the size of the ad type; null when there is none. */
function openFor(
  asked: EthicalPlacement,
  own: readonly FrontPlacement[],
  organisationId: string,
  { externalIds }: FrontParts
): Open | null {
  const mapped = externalIds.sizeOf(organisationId, asked.adType) ?? STANDARD.get(asked.adType)
  const [width, height] = (mapped ?? '').split('x').map(Number)
  if (!width || !height) return null
  const size = { width, height }
  const placement = own.find(({ sizes }) => sizes.some((one) => one.width === width && one.height === height))
  return placement ? { asked, placement, size } : null
}

async function adFor(
  { placement, size }: Open,
  parts: FrontParts,
  request: EdgeRequest,
  { keywords, campaignTypes, url, userIp, userAgent }: EthicalRequest
): Promise<FrontAd | null> {
  const slot = { placement, sizes: [size], keywords: parts.keywordsOf(keywords), keyValues: {} }
  const [decision] = await parts.decide(request, {
    slots: [slot],
    url: url === null ? null : parts.pageUrl(url),
    referrer: null,
    consent: parts.consentOf(new URLSearchParams(request.query)),
    userId: null,
    ip: userIp,
    userAgent,
    credential: tokenOf(request),
  })
  const ad = decision?.ad ?? null
  if (ad === null || campaignTypes.size === 0) return ad
  const allowed = ad.house
    ? campaignTypes.has('house') || campaignTypes.has('publisher-house')
    : campaignTypes.has('paid')
  return allowed ? ad : null
}

/** `Authorization: Token …`, as its clients send it, or `Bearer …`. */
function tokenOf(request: EdgeRequest): string | null {
  return /^(?:Token|Bearer) {1,8}([^ ]{1,4096})$/i.exec(request.header('authorization') ?? '')?.[1] ?? null
}

function send(
  reply: EdgeReply,
  status: number,
  answer: object,
  callback: string | null,
  more: EdgeHeaders = {}
): void {
  const { type, body } = bodyOf(answer, callback)
  reply.send(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8`, ...more }, body)
}
