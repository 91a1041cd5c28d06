import ipaddr from 'ipaddr.js'
import { networkOf } from '#modules/kernel/ip_address'

type Network = { readonly bytes: Uint8Array; readonly prefix: number }

/** A set of networks, asked once a request: a comparison of a few bytes per network, no text. For lists of up to some dozens. */
export class Networks {
  private constructor(
    private readonly ipv4: readonly Network[],
    private readonly ipv6: readonly Network[]
  ) {}

  /**
   * @param list networks such as `10.0.0.0/8` or `2001:db8::/32`, or single addresses. IPv4-mapped ones
   *   (`::ffff:10.0.0.0/104`) mean IPv4; bits behind the prefix are ignored
   * @param setting what the list was read from, for the error
   * @throws Error that names the setting and the entry that is no network
   */
  static parse(list: readonly string[], setting = ''): Networks {
    const all = list.map((entry) => parseNetwork(entry, setting))
    return new Networks(
      all.filter(({ bytes }) => bytes.length === 4),
      all.filter(({ bytes }) => bytes.length === 16)
    )
  }

  /** @param address 4 or 16 bytes as `parseIp` gives them */
  has(address: Uint8Array): boolean {
    const networks = address.length === 4 ? this.ipv4 : this.ipv6
    for (const network of networks) if (lies(address, network)) return true
    return false
  }
}

function parseNetwork(text: string, setting: string): Network {
  try {
    const [address, prefix] = text.includes('/') ? ipaddr.parseCIDR(text) : single(text)
    if (!strict(text)) throw new Error('shortened IPv4')
    const mapped = address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress() && prefix >= 96
    const bytes = Uint8Array.from(
      mapped ? (address as ipaddr.IPv6).toIPv4Address().toByteArray() : address.toByteArray()
    )
    const length = mapped ? prefix - 96 : prefix
    return { bytes: networkOf(bytes, length), prefix: length }
  } catch (cause) {
    throw new Error(
      `${setting && `${setting}: `}"${text}" is not a network such as 10.0.0.0/8 or 2001:db8::/32`,
      { cause }
    )
  }
}

function single(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** `10/8` and `0x0a.0.0.0/8` are ways to write a network that people read differently. */
const strict = (text: string) => text.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(text.split('/')[0]!)

function lies(address: Uint8Array, { bytes, prefix }: Network): boolean {
  const whole = prefix >> 3
  for (let at = 0; at < whole; at++) if (address[at] !== bytes[at]) return false
  const rest = prefix & 7
  return rest === 0 || ((address[whole]! ^ bytes[whole]!) & (0xff00 >> rest) & 0xff) === 0
}

/** Networks that are nobody's on the public internet. @source IANA IPv4 and IPv6 Special-Purpose Address Registries */
export const NOT_PUBLIC = Networks.parse([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:2::/48',
  '2001:db8::/32',
  '3fff::/20',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
])
