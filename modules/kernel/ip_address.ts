/** Internet addresses as bytes: 4 of IPv4, 16 of IPv6. Cheap enough for every request; no dependency. */

/** Longest text of an address with an embedded IPv4 part and a zone. */
const MAX_CHARS = 100
const ZONE = /^[\w.~-]+$/
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/**
 * Bytes of an address; null for anything that is not one, such as a name, a network or an address with a port.
 *
 * IPv4 is four decimal numbers without leading zeros (which some systems read as octal). IPv4-mapped IPv6
 * (`::ffff:203.0.113.9`) is the IPv4 address itself. A zone (`fe80::1%eth0`) is dropped.
 * @source RFC 4291 §2.2; RFC 6943 §3.1.1 on loose IPv4 forms
 */
export function parseIp(text: string): Uint8Array | null {
  if (text.length > MAX_CHARS) return null
  if (!text.includes(':')) return parseIpv4(text)
  const zone = text.indexOf('%')
  if (zone >= 0 && !ZONE.test(text.slice(zone + 1))) return null
  const bytes = parseIpv6(zone > 0 ? text.slice(0, zone) : text)
  return bytes && MAPPED_PREFIX.every((byte, at) => bytes[at] === byte) ? bytes.subarray(12) : bytes
}

function parseIpv4(text: string): Uint8Array | null {
  const bytes = new Uint8Array(4)
  let part = 0
  let value = -1
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 46
    if (code === 46) {
      if (value < 0 || part === 4) return null
      bytes[part++] = value
      value = -1
      continue
    }
    if (code < 48 || code > 57 || value === 0) return null
    value = (value < 0 ? 0 : value) * 10 + code - 48
    if (value > 255) return null
  }
  return part === 4 ? bytes : null
}

function parseIpv6(text: string): Uint8Array | null {
  const gap = text.indexOf('::')
  if (gap < 0) {
    const all = parseGroups(text)
    return all?.length === 16 ? Uint8Array.from(all) : null
  }
  const head = parseGroups(text.slice(0, gap))
  const tail = parseGroups(text.slice(gap + 2))
  if (
    !head ||
    !tail ||
    head.length + tail.length > 14 ||
    (head.length > 0 && text.slice(0, gap).includes('.'))
  ) {
    return null
  }
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

/** Bytes of groups joined by colons; the last may be an IPv4 address. Empty text is no groups. */
function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at]!
    if (group.includes('.')) {
      const embedded = at === groups.length - 1 ? parseIpv4(group) : null
      if (!embedded) return null
      bytes.push(...embedded)
      continue
    }
    const value = hexValue(group)
    if (value < 0) return null
    bytes.push(value >> 8, value & 0xff)
  }
  return bytes
}

/** Value of one to four hexadecimal digits; -1 for anything else. */
function hexValue(group: string): number {
  if (group.length < 1 || group.length > 4) return -1
  let value = 0
  for (let at = 0; at < group.length; at++) {
    const code = group.charCodeAt(at) | 0x20
    const digit =
      code >= 97 && code <= 102
        ? code - 87
        : group.charCodeAt(at) >= 48 && group.charCodeAt(at) <= 57
          ? group.charCodeAt(at) - 48
          : -1
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

/** Canonical text. @source RFC 5952 §4: lower case, no leading zeros, the first longest run of zero groups as `::` */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[at * 2]! << 8) | bytes[at * 2 + 1]!)
  let start = 0
  let length = 0
  for (let at = 0; at < 8; at++) {
    let end = at
    while (end < 8 && groups[end] === 0) end++
    if (end - at > length) [start, length] = [at, end - at]
    at = Math.max(at, end)
  }
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

/** The network an address lies in, bits behind `prefix` zero. @param prefix 0 to 32 or 128 */
export function networkOf(bytes: Uint8Array, prefix: number): Uint8Array {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - at * 8))) & 0xff)
}

/** What of an address may be kept: its /24 (IPv4) or /48 (IPv6), canonical, without the length. */
export function truncatedIp(bytes: Uint8Array): string {
  return formatIp(networkOf(bytes, bytes.length === 4 ? 24 : 48))
}
