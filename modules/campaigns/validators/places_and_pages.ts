/** Words of targeting that stand for places, pages and networks. */
import { domainToASCII } from 'node:url'
import { CONNECTION_TYPES, categoryId } from '#modules/context/contract'
import { formatIp, networkOf, parseIp } from '#modules/kernel/ip_address'
import { country, plainWord, type Dimension } from '#modules/campaigns/validators/dimensions'

const PATH_LENGTH = 500
const MOST_STARS = 10 // of one pattern
const MOST_PHRASE_WORDS = 10
const CONNECTIONS: ReadonlySet<string> = new Set(CONNECTION_TYPES)

/** Dimensions that are one rule of words, besides those of DIMENSIONS. */
export const FURTHER_DIMENSIONS = {
  regions: { read: region, expected: 'country and ISO 3166-2 part such as US-CA' },
  cities: { read: city, expected: 'country and English name such as DE/Berlin' },
  timeZones: { read: timeZone, expected: 'an IANA time zone such as Europe/Berlin' },
  connectionTypes: {
    read: (word) => (CONNECTIONS.has(word) ? word : null),
    expected: `one of ${CONNECTION_TYPES.join(', ')}`,
  },
  sections: { read: section, expected: 'a path such as /sport, without query' },
  pageUrls: {
    read: pagePattern,
    expected: `host and path such as *.example.com/news/*, without scheme and query, with at most ${MOST_STARS} stars`,
  },
  phrases: { read: phrase, expected: `1 to ${MOST_PHRASE_WORDS} words, at most 100 characters` },
  categories: {
    read: categoryId,
    expected: 'a category of the IAB Content Taxonomy such as 483, IAB17 or 2.2:483, which 3.1 still has',
  },
  addresses: { read: network, expected: 'a network such as 192.0.2.0/24 or 2001:db8::/32' },
} as const satisfies Record<string, Dimension>
export type FurtherName = keyof typeof FURTHER_DIMENSIONS

function region(word: string): string | null {
  const [, land, part] = /^([A-Za-z]{2})-([A-Za-z0-9]{1,3})$/.exec(word.trim()) ?? []
  const code = land === undefined ? null : country(land)
  return code === null ? null : `${code}-${part!.toUpperCase()}`
}

/** Compared without regard to case. */
function city(word: string): string | null {
  const slash = word.indexOf('/')
  const code = slash < 0 ? null : country(word.slice(0, slash).trim())
  const name = plainWord(word.slice(slash + 1))
  return code === null || name === null ? null : `${code}/${name.toLowerCase()}`
}

/** Spelled as the runtime spells it. */
export function timeZone(word: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(word)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: word }).resolvedOptions().timeZone
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** As a browser writes the path: dots resolved, letters beyond ASCII percent-encoded. */
function path(text: string): string | null {
  if (text.length > PATH_LENGTH || !text.startsWith('/') || /[?#\\\s]/.test(text) || !text.isWellFormed()) {
    return null
  }
  const url = URL.parse(`http://host.invalid${text}`)
  return url !== null && url.pathname.length <= PATH_LENGTH * 3 ? url.pathname : null
}

function section(word: string): string | null {
  return word.includes('*') ? null : path(word.trim())
}

/** A host alone stands for all of its pages. */
function pagePattern(word: string): string | null {
  const text = word.trim()
  const slash = text.indexOf('/')
  const host = domainToASCII(slash < 0 ? text : text.slice(0, slash)).toLowerCase()
  const rest = path(slash < 0 ? '/*' : text.slice(slash))
  if (rest === null || !/^[a-z0-9*]([a-z0-9.*_-]{0,251}[a-z0-9*])?$/.test(host)) return null
  return `${host}${rest}`.split('*').length - 1 > MOST_STARS ? null : `${host}${rest}`
}

function phrase(word: string): string | null {
  const words =
    plainWord(word)
      ?.toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return words.length === 0 || words.length > MOST_PHRASE_WORDS ? null : words.join(' ')
}

/** Canonical: bits behind the prefix zero, an IPv4-mapped network as IPv4, a single address with its whole length. */
function network(word: string): string | null {
  const [address = '', behind, ...rest] = word.trim().split('/')
  const bytes = parseIp(address)
  if (bytes === null || rest.length > 0 || address.includes('%')) return null
  const stated = address.includes(':') ? 128 : 32
  const prefix = Number(behind ?? stated) - (stated - bytes.length * 8)
  if ((behind !== undefined && !/^\d{1,3}$/.test(behind)) || prefix < 0 || prefix > bytes.length * 8) {
    return null
  }
  return `${formatIp(networkOf(bytes, prefix))}/${prefix}`
}
