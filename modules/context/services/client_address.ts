import { formatIp, parseIp } from '#modules/kernel/ip_address'
import { Networks } from '#modules/kernel/networks'

/** Longest X-Forwarded-For that is read, from its right end: some 40 hops. What lies further left decides nothing. */
const MAX_HEADER_CHARS = 1_024

/**
 * The address of the client behind trusted proxies.
 *
 * A proxy appends the address that it was called from, so the list is read from its right end: the peer of the
 * connection, then hop by hop to the left while the hop just left behind is a trusted proxy. The first address that
 * is not one is the client; everything left of it was written by the client itself and is not believed.
 *
 * - a peer that is no trusted proxy is the client, whatever the header says
 * - all hops trusted: the left-most of them, the one that began
 * - a hop that is no address (`unknown`, `_hidden`, garbage, nothing) ends the walk at the proxy that sent it
 *
 * @source RFC 7239 §7.1 for ports and brackets; its threat model of forged left parts is in §8.1
 */
export class ClientAddress {
  private readonly trusted: Networks

  /** @param trustedProxies networks; throws an Error that names the entry that is none */
  constructor(trustedProxies: readonly string[]) {
    this.trusted = Networks.parse(trustedProxies, 'TRUSTED_PROXIES')
  }

  /** Bytes of the client's address; null when even the connection's is none (a socket that is gone). */
  of(remoteAddress: string, forwardedFor: string | undefined): Uint8Array | null {
    let client = parseIp(remoteAddress)
    if (!client || forwardedFor === undefined || forwardedFor === '' || !this.trusted.has(client)) {
      return client
    }
    let end = forwardedFor.length
    const least = Math.max(0, end - MAX_HEADER_CHARS)
    while (end > least) {
      const start = forwardedFor.lastIndexOf(',', end - 1) + 1
      if (start < least) return client
      const hop = parseHop(forwardedFor.slice(start, end))
      if (!hop) return client
      client = hop
      if (!this.trusted.has(client)) return client
      end = start - 1
    }
    return client
  }
}

/** One element of the list: an address, in brackets or not, with a port or not, quoted or not. */
function parseHop(element: string): Uint8Array | null {
  let text = element.trim()
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1)
  if (text.startsWith('[')) {
    const close = text.indexOf(']')
    const port = text.slice(close + 1)
    const address = text.slice(1, close)
    return close > 0 && address.includes(':') && (port === '' || isPort(port)) ? parseIp(address) : null
  }
  const colon = text.indexOf(':')
  if (colon > 0 && colon === text.lastIndexOf(':')) {
    return isPort(text.slice(colon)) ? parseIp(text.slice(0, colon)) : null
  }
  return parseIp(text)
}

const isPort = (text: string) => /^:\d{1,5}$/.test(text)

/** Canonical text; empty for no address. */
export function addressText(bytes: Uint8Array | null): string {
  return bytes ? formatIp(bytes) : ''
}
