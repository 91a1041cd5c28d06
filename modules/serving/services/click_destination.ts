import type { SnapshotCreative } from '#modules/campaigns/contract'

const MAX_CHARS = 2048
/** A third party may have encoded its destination once for each level that our address was nested in. */
const MAX_LEVELS = 3

/**
 * Where a third party wants a click to go: what it has appended to our click address, `?to=…`. Only https addresses on
 * the creative's own `clickDomains` are taken; null for everything else, and the click goes to the landing page. So a
 * click address never leads anywhere that its advertiser has not written down.
 *
 * @param query query string as it came; all behind `to=` belongs to the destination
 */
export function clickDestination(
  query: string,
  { clickDomains = [] }: Pick<SnapshotCreative, 'clickDomains'>
): string | null {
  if (clickDomains.length === 0 || !query.startsWith('to=') || query.length > MAX_CHARS) return null
  const url = URL.parse(decoded(query.slice('to='.length)))
  if (
    url === null ||
    url.protocol !== 'https:' ||
    url.port !== '' ||
    url.username !== '' ||
    url.password !== ''
  ) {
    return null
  }
  const allowed = clickDomains.some(
    (domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  )
  return allowed ? url.href : null
}

function decoded(text: string): string {
  let plain = text
  for (let level = 0; level < MAX_LEVELS && !/^https:\/\//i.test(plain); level++) {
    try {
      plain = decodeURIComponent(plain)
    } catch (error) {
      if (error instanceof URIError) return '' // not an encoding of anything
      throw error
    }
  }
  return plain
}
