import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { NO_BODY_BYTES } from '#modules/serving/limits'
import type { ServingParts } from '#modules/serving/parts'

/** An hour without a question, a day while the new one is fetched: an update reaches every page within a day. */
const CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=86400'

/** `GET /placard.js`: compiled at start, compressed once, revalidated by its hash. */
export function scriptRoutes({ scripts }: Pick<ServingParts, 'scripts'>): EdgeRoute[] {
  const { placard } = scripts
  const handle = (request: EdgeRequest, reply: EdgeReply) => {
    const [encoding, body] = chosen(request.header('accept-encoding') ?? '')
    // Each encoding is a representation of its own and has a tag of its own.
    const etag = `"${placard.etag}${encoding ? `-${encoding}` : ''}"`
    const headers = {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': CACHE_CONTROL,
      etag,
      vary: 'accept-encoding',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    }
    if (matches(request.header('if-none-match'), etag)) return reply.send(304, headers, '')
    reply.send(200, encoding ? { ...headers, 'content-encoding': encoding } : headers, body)
  }
  function chosen(accepted: string): readonly ['br' | 'gzip' | '', Buffer] {
    if (takes(accepted, 'br')) return ['br', placard.brotli]
    if (takes(accepted, 'gzip')) return ['gzip', placard.gzip]
    return ['', placard.plain]
  }
  return [{ method: 'GET', path: '/placard.js', maxBodyBytes: NO_BODY_BYTES, handle }]
}

/** True when the encoding is listed and not refused by `q=0`. @source RFC 9110 §12.5.3 */
function takes(accepted: string, encoding: string): boolean {
  return accepted.split(',').some((part) => {
    const [name, quality] = part.toLowerCase().split(';')
    return name!.trim() === encoding && !/^\s*q=0(\.0*)?\s*$/.test(quality ?? '')
  })
}

/** Weak comparison of a list of entity tags. @source RFC 9110 §13.1.2 */
function matches(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false
  return condition.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
}
