import type { Size } from '#modules/inventory/contract'
import * as limits from '#modules/serving/limits'

/** What is wrong with one field of a request; thrown by the readers below, caught where the request is parsed. */
export class FieldRefusal extends Error {
  constructor(
    readonly field: string,
    readonly detail: string
  ) {
    super(`${field} ${detail}`)
  }
}

export type KeyValues = Readonly<Record<string, readonly string[]>>
type Fields = Readonly<Record<string, unknown>>

const SIZE_TEXT = /^(\d{1,5})x(\d{1,5})$/

/** Every reader takes null for absent, as JSON writers of many languages send it. */
export function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own property: `__proto__` and other inherited names are absent. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

export function readText(value: unknown, field: string, maxChars: number): string | null {
  if (absent(value)) return null
  if (typeof value !== 'string') throw new FieldRefusal(field, 'must be a string')
  if (value.length > maxChars) throw new FieldRefusal(field, `may have at most ${maxChars} characters`)
  return value
}

export function readBoolean(value: unknown, field: string): boolean | undefined {
  if (absent(value)) return undefined
  if (value === true || value === 1) return true
  if (value === false || value === 0) return false
  throw new FieldRefusal(field, 'must be true or false')
}

export function readInteger(value: unknown, field: string, least: number, most: number): number | null {
  if (absent(value)) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new FieldRefusal(field, `must be a whole number from ${least} to ${most}`)
}

export function readList<T>(
  value: unknown,
  field: string,
  most: number,
  one: (value: unknown, field: string) => T
): T[] {
  if (absent(value)) return []
  if (!Array.isArray(value)) throw new FieldRefusal(field, 'must be a list')
  if (value.length > most) throw new FieldRefusal(field, `may have at most ${most} elements`)
  return value.map((element, index) => one(element, `${field}[${index}]`))
}

/** Address of a page. What is no absolute http(s) URL is taken as not given: a tag must not fail over it. */
export function readUrl(value: unknown, field: string): string | null {
  if (absent(value)) return null
  if (typeof value !== 'string') throw new FieldRefusal(field, 'must be a string')
  return value.length > limits.MAX_URL_CHARS ? null : httpUrl(value)
}

/** The normalised URL; null when it is not absolute http(s). */
export function httpUrl(text: string): string | null {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}

/** Composed and trimmed, as targeting keeps its words: however a keyboard spells é, it is the same word. */
function plainText(text: string): string {
  return text.normalize('NFC').trim()
}

/** A key or value of a key-value as targeting compares it. */
export const keyTextOf = plainText

/** A keyword as targeting compares it: without regard to case, spaces around it or the way accents are written. */
export function keywordOf(text: string): string {
  return plainText(text).toLowerCase()
}

/** Each as {@link keywordOf} says, without empties and repeats. */
export function readKeywords(value: unknown, field: string): string[] {
  const words = readList(value, field, limits.MAX_KEYWORDS, (word, at) => {
    if (typeof word !== 'string') throw new FieldRefusal(at, 'must be a string')
    if (word.length > limits.MAX_KEYWORD_CHARS) {
      throw new FieldRefusal(at, `may have at most ${limits.MAX_KEYWORD_CHARS} characters`)
    }
    return keywordOf(word)
  })
  return [...new Set(words)].filter((word) => word !== '')
}

/** `{"width": 300, "height": 250}`, `"300x250"` or `[300, 250]`; an empty list counts as absent. */
export function readSizes(value: unknown, field: string): Size[] | null {
  const sizes = readList(value, field, limits.MAX_SIZES, readSize)
  return sizes.length === 0 ? null : sizes
}

function readSize(value: unknown, field: string): Size {
  const [width, height] = sidesOf(value)
  if (!isSide(width) || !isSide(height)) {
    throw new FieldRefusal(
      field,
      `must be {"width": w, "height": h}, "wxh" or [w, h] with sides from 1 to ${limits.MAX_SIDE}`
    )
  }
  return { width, height }
}

function sidesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return SIZE_TEXT.exec(value)?.slice(1).map(Number) ?? []
  if (Array.isArray(value)) return value.length === 2 ? value : []
  return isFields(value) ? [own(value, 'width'), own(value, 'height')] : []
}

export function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= limits.MAX_SIDE
}

/** Key-values: strings, numbers, booleans or lists of them become lists of strings, composed and trimmed. The result has no prototype. */
export function readKeyValues(value: unknown, field: string): KeyValues {
  const keyValues: Record<string, readonly string[]> = Object.create(null)
  if (absent(value)) return keyValues
  if (!isFields(value)) throw new FieldRefusal(field, 'must be an object')
  const keys = Object.keys(value)
  if (keys.length > limits.MAX_PROPERTIES) {
    throw new FieldRefusal(field, `may have at most ${limits.MAX_PROPERTIES} keys`)
  }
  for (const key of keys) {
    if (key.length > limits.MAX_PROPERTY_KEY_CHARS) {
      throw new FieldRefusal(field, `has a key of more than ${limits.MAX_PROPERTY_KEY_CHARS} characters`)
    }
    const at = `${field}.${key}`
    const found = value[key]
    if (absent(found)) continue
    keyValues[plainText(key)] = Array.isArray(found)
      ? readList(found, at, limits.MAX_PROPERTY_VALUES, readKeyValue)
      : [readKeyValue(found, at)]
  }
  return keyValues
}

function readKeyValue(value: unknown, field: string): string {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return String(value)
  }
  if (typeof value !== 'string') throw new FieldRefusal(field, 'must be a string, a number or a boolean')
  if (value.length > limits.MAX_PROPERTY_VALUE_CHARS) {
    throw new FieldRefusal(field, `may have at most ${limits.MAX_PROPERTY_VALUE_CHARS} characters`)
  }
  return plainText(value)
}
