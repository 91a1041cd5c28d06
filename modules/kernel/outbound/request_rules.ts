import { METHODS, validateHeaderName, validateHeaderValue } from 'node:http'
import { err, ok, type Result } from '#modules/kernel/result'
import type { OutboundFailure, OutboundRequest, OutboundSettings } from '#modules/kernel/outbound/types'

const DEFAULT_PORT: Record<string, number> = { 'http:': 80, 'https:': 443 }
const MAX_URL_CHARACTERS = 8_192
/** The client sets these itself: a caller's value would let it speak to another host or smuggle a second request. */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'accept-encoding',
])
/** Never sent on to another origin after a redirect. @source Fetch standard, HTTP-redirect fetch step 13 */
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie'])

export type Target = {
  readonly url: URL
  readonly host: string
  readonly port: number
  readonly allowed: boolean
}

/**
 * Reads a URL and applies the rules that need no name server: scheme, credentials, port, length.
 * The WHATWG parser has already turned odd spellings (decimal, octal, hex, short, full-width) into plain addresses.
 */
export function readTarget(text: string | URL, settings: OutboundSettings): Result<Target, OutboundFailure> {
  const written = String(text)
  if (written.length > MAX_URL_CHARACTERS) return refused('The URL is too long.')
  const url = URL.parse(written)
  if (!url) return refused('The URL cannot be read.')
  const standard = DEFAULT_PORT[url.protocol]
  if (standard === undefined) return refused('Only http and https URLs are fetched.')
  if (url.username || url.password) return refused('The URL holds credentials.')
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  if (!host) return refused('The URL names no host.')
  const port = url.port ? Number(url.port) : standard
  const allowed = isAllowed(host, port, settings.allowHosts ?? [])
  if (!allowed && port !== standard && !settings.allowPorts?.includes(port)) {
    return refused(`Port ${port} is not fetched from.`)
  }
  return ok({ url, host, port, allowed })
}

/** True when the operator lists the host, by name for every port or as `host:port` (IPv6 in brackets) for one. */
function isAllowed(host: string, port: number, allowHosts: readonly string[]): boolean {
  const written = host.includes(':') ? `[${host}]` : host
  return allowHosts.some(
    (entry) => entry.toLowerCase() === written || entry.toLowerCase() === `${written}:${port}`
  )
}

/** Method and headers as they will be sent, lower-case; a header that the client sets itself is refused. */
export function readHeaders(request: OutboundRequest): Result<Record<string, string>, OutboundFailure> {
  const method = request.method ?? 'GET'
  if (!METHODS.includes(method) || method === 'CONNECT' || method === 'TRACE') {
    return refused(`Method ${method} is not sent.`)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase()
    if (OWN_HEADERS.has(lower)) return refused(`The header ${lower} is set by the client.`)
    try {
      validateHeaderName(lower)
      validateHeaderValue(lower, value)
    } catch {
      // node throws for what RFC 9110 forbids; the value is not repeated because it may be a secret
      return refused('A header has a name or value that HTTP forbids.')
    }
    headers[lower] = value
  }
  return ok(headers)
}

/** Where a redirect leads; a step down from https is refused, what else is forbidden the next `readTarget` says. */
export function redirectTarget(from: URL, location: string): Result<URL, OutboundFailure> {
  const to = URL.parse(location, from)
  if (!to) return refused('A redirect leads to a URL that cannot be read.')
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    return refused('A redirect leads from https to http.')
  }
  return ok(to)
}

/** The request that follows a redirect. @source Fetch standard, HTTP-redirect fetch; RFC 9110 §15.4 */
export function redirected(request: OutboundRequest, status: number, from: URL, to: URL): OutboundRequest {
  const method = request.method ?? 'GET'
  const becomesGet =
    (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')
  const sameOrigin = from.origin === to.origin
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => {
    const lower = name.toLowerCase()
    if (!sameOrigin && CREDENTIAL_HEADERS.has(lower)) return false
    return !(becomesGet && lower.startsWith('content-'))
  })
  return {
    ...request,
    url: to.href,
    method: becomesGet ? 'GET' : method,
    body: becomesGet ? undefined : request.body,
    headers: Object.fromEntries(headers),
  }
}

export function refused(detail: string): { ok: false; error: OutboundFailure } {
  return err({ type: 'refused', detail })
}
