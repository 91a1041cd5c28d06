import { networkOf, parseIp } from '#modules/kernel/ip_address'
import { compareBytes, NetworkSet, type AddressRange } from '#modules/matching/hot/network_set'

/** A set of networks such as `192.0.2.0/24`, or single addresses. What is none is left out: it holds no address. */
export function networkSet(list: readonly string[]): NetworkSet {
  const ranges = list.map(rangeOf).filter((range) => range !== null)
  const of = (length: number) => merged(ranges.filter(({ first }) => first.length === length))
  return new NetworkSet(of(4), of(16))
}

/** First and last address of a network; null when the text is none. */
export function rangeOf(text: string): AddressRange | null {
  const slash = text.indexOf('/')
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (bytes === null) return null
  const whole = text.includes(':') ? 128 : 32
  const behind = slash < 0 ? String(whole) : text.slice(slash + 1)
  // An IPv4-mapped network is the IPv4 network itself.
  const prefix = Number(behind) - (whole - bytes.length * 8)
  if (!/^\d{1,3}$/.test(behind) || prefix < 0 || prefix > bytes.length * 8) return null
  const first = Uint8Array.from(networkOf(bytes, prefix))
  const last = first.map((byte, at) => byte | (0xff >>> Math.min(8, Math.max(0, prefix - at * 8))))
  return { first, last }
}

/** Ascending, each range as long as it can be. */
function merged(ranges: AddressRange[]): AddressRange[] {
  const result: AddressRange[] = []
  for (const range of ranges.sort((a, b) => compareBytes(a.first, b.first))) {
    const before = result.at(-1)
    if (before && compareBytes(range.first, before.last) <= 0) {
      // Networks nest or lie apart: one that begins within another ends within it.
      if (compareBytes(range.last, before.last) > 0) {
        result[result.length - 1] = { first: before.first, last: range.last }
      }
    } else result.push(range)
  }
  return result
}
