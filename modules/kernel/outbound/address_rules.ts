import ipaddr from 'ipaddr.js'

/** Addresses that are public by number but answer for the machine's own provider (metadata, wire server). */
const PROVIDER_ADDRESSES = new Set(['168.63.129.16'])
/** Only this part of IPv6 is handed out for the public net. @source RFC 4291 §2.4, IANA IPv6 address space */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
/** Translated IPv4 of networks without IPv4; judged by the address inside. @source RFC 6052 §2.1 */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/**
 * Why no request may be sent to this address, or null when it lies on the public net.
 *
 * Refused are private, loopback, link-local (metadata services), shared (CGNAT), multicast, broadcast, unspecified,
 * documentation, benchmarking and reserved ranges; IPv4 written inside IPv6 (mapped, compatible, 6to4, Teredo), public or
 * not, because no name server has a reason to answer it; NAT64 when the address inside is refused; anything with a zone id.
 *
 * @param address an IPv4 address in four decimal parts or an IPv6 address, without brackets
 * @source IANA IPv4 and IPv6 Special-Purpose Address Registries
 */
export function refusalOf(address: string): string | null {
  if (address.includes('%')) return 'zone_id'
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return refusalOfIpv4(ipaddr.IPv4.parse(address))
  if (!ipaddr.IPv6.isValid(address)) return 'not_an_address'
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.match(NAT64)) return refusalOfIpv4(new ipaddr.IPv4(parsed.toByteArray().slice(12)))
  const range = parsed.range()
  if (range !== 'unicast') return range
  return parsed.match(GLOBAL_UNICAST) ? null : 'reserved'
}

function refusalOfIpv4(address: ipaddr.IPv4): string | null {
  const range = address.range()
  if (range !== 'unicast') return range
  return PROVIDER_ADDRESSES.has(address.toString()) ? 'provider' : null
}
