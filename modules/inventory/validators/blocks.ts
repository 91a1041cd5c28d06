/** Blocks, as the API reads them. */
import { isUuid } from '#modules/kernel/ids'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import { hostName } from '#modules/kernel/records/fields'
import type { Blocks } from '#modules/inventory/contract'

const MAX_ENTRIES = 1_000 // of one list
const MAX_LABEL = 100
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const HOST = hostName().toJSONSchema()

type Kind = { readonly read: (word: string) => string | null; readonly expected: string }
const KINDS: Readonly<Record<keyof Blocks, Kind>> = {
  advertisers: {
    read: (word) => (isUuid(word.toLowerCase()) ? word.toLowerCase() : null),
    expected: 'the id of an advertiser',
  },
  categories: { read: label, expected: `text of 1 to ${MAX_LABEL} characters on one line` },
  domains: { read: host, expected: 'a host name such as "shop.example", without scheme, port and path' },
}

function label(word: string): string | null {
  const text = word.normalize('NFC').trim().toLowerCase()
  return text === '' || text.length > MAX_LABEL || CONTROL.test(text) || !text.isWellFormed() ? null : text
}

function host(word: string): string | null {
  if (word.length > 253 || /[\s/:?#@\\[\]%]/.test(word)) return null
  const name = URL.parse(`http://${word}/`)?.hostname.replace(/\.$/, '') ?? ''
  return name.includes('.') && /^[a-z0-9.-]+$/.test(name) ? name : null
}

/** `{ advertisers, categories, domains }`, each optional; words come out canonical and once. */
export function readBlocks(value: unknown): Reading<Partial<Blocks>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { expected: 'an object with advertisers, categories and domains' }
  }
  const read: { -readonly [Name in keyof Blocks]?: string[] } = {}
  for (const [name, list] of Object.entries(value)) {
    if (!Object.hasOwn(KINDS, name)) {
      return { inner: name.slice(0, 100), expected: `absent: known are ${Object.keys(KINDS).join(', ')}` }
    }
    if (!Array.isArray(list) || list.length > MAX_ENTRIES) {
      return { inner: name, expected: `a list of at most ${MAX_ENTRIES} texts` }
    }
    const { read: reader, expected } = KINDS[name as keyof Blocks]
    const words = list.map((item) => (typeof item === 'string' ? reader(item) : null))
    const fault = words.indexOf(null)
    if (fault !== -1) return { inner: `${name}.${fault}`, expected }
    read[name as keyof Blocks] = [...new Set(words as string[])]
  }
  return { value: read }
}

/** VineJS type of `blocks`. */
export function blocks() {
  const list = (items: object) => ({ type: 'array', maxItems: MAX_ENTRIES, items })
  const properties = {
    advertisers: list({ type: 'string', format: 'uuid' }),
    categories: list({ type: 'string', maxLength: MAX_LABEL }),
    domains: list(HOST),
  }
  return parsed<Partial<Blocks>, Partial<Blocks>>('blocks', { type: 'object', properties }, readBlocks)
}
