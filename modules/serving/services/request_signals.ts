import type { EdgeRequest } from '#modules/kernel/edge'
import type { ClientHints, RequestSignals } from '#modules/context/contract'

const HINTS = [
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-model',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-form-factors',
] as const

/** What `RequestContext.describe` reads of a request. */
export function signalsOf(request: EdgeRequest): RequestSignals {
  return {
    remoteAddress: request.remoteAddress,
    forwardedFor: request.header('x-forwarded-for'),
    userAgent: request.header('user-agent'),
    acceptLanguage: request.header('accept-language'),
    hints: hintsOf(request),
  }
}

export function hintsOf(request: EdgeRequest): ClientHints {
  const hints: Record<string, string> = {}
  for (const name of HINTS) {
    const value = request.header(name)
    if (value !== undefined) hints[name] = value
  }
  return hints
}

/** True for `Sec-GPC: 1`. @source W3C Global Privacy Control §3.2 */
export function globalPrivacyControl(request: EdgeRequest): boolean {
  return request.header('sec-gpc')?.trim() === '1'
}

/**
 * True when nobody looks yet: the browser fetches ahead of a navigation that may never come.
 * @source W3C Navigational Prefetch (`Sec-Purpose: prefetch`), and the older `Purpose` and `X-Moz`
 */
export function isPrefetch(request: EdgeRequest): boolean {
  const purpose = request.header('sec-purpose') ?? request.header('purpose') ?? request.header('x-moz')
  return purpose !== undefined && /^\s*prefetch\b/i.test(purpose)
}

/** Value of `Authorization: Bearer`; null when there is none. */
export function bearerOf(request: EdgeRequest): string | null {
  const header = request.header('authorization') ?? ''
  return /^Bearer [ ]{0,8}([^ ]{1,4096})$/i.exec(header)?.[1] ?? null
}
