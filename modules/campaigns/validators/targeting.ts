import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import type { Daypart, KeyValueRule, Rule, SegmentRule, Targeting } from '#modules/campaigns/contract'
import {
  DIMENSIONS,
  plainWord,
  SEGMENT,
  type Dimension,
  type DimensionName,
} from '#modules/campaigns/validators/dimensions'

const MAX_WORDS = 1_000 // of one list; longer lists belong into a segment
const MAX_KEYS = 50
const MAX_GROUPS = 20 // of segments joined by AND
const MAX_DAYPARTS = 168 // hours of a week
const WORD: Dimension = { read: plainWord, expected: 'text of 1 to 100 characters on one line' }

type Plain = Record<string, unknown>
type Fault = { readonly inner: string; readonly expected: string }

function plain(value: unknown): Plain | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Plain) : null
}

/** A value or the first fault, with its path inside targeting. */
type Read<Value> = { readonly value: Value } | Fault
const isFault = (read: object): read is Fault => 'expected' in read

function readWords(value: unknown, path: string, dimension: Dimension): Read<string[]> {
  if (!Array.isArray(value)) return { inner: path, expected: 'a list of texts' }
  if (value.length > MAX_WORDS) return { inner: path, expected: `a list of at most ${MAX_WORDS}` }
  const words = new Set<string>()
  for (const [position, item] of value.entries()) {
    const word = typeof item === 'string' ? dimension.read(item) : null
    if (word === null) return { inner: `${path}.${position}`, expected: dimension.expected }
    words.add(word)
  }
  return { value: [...words] }
}

/** Null: the rule says nothing. */
function readRule(
  value: unknown,
  path: string,
  dimension: Dimension,
  known = ['include', 'exclude']
): Read<Rule | null> {
  const object = plain(value)
  if (!object) return { inner: path, expected: 'an object with include, exclude or both' }
  const stranger = Object.keys(object).find((name) => !known.includes(name))
  if (stranger !== undefined) {
    return { inner: `${path}.${stranger.slice(0, 100)}`, expected: `absent: known are ${known.join(', ')}` }
  }
  const include = readWords(object.include ?? [], `${path}.include`, dimension)
  if (isFault(include)) return include
  const exclude = readWords(object.exclude ?? [], `${path}.exclude`, dimension)
  if (isFault(exclude)) return exclude
  const both = include.value.findIndex((word) => exclude.value.includes(word))
  if (both !== -1) {
    return { inner: `${path}.include.${both}`, expected: 'included or excluded, not both' }
  }
  if (include.value.length === 0 && exclude.value.length === 0) return { value: null }
  return {
    value: {
      ...(include.value.length > 0 ? { include: include.value } : {}),
      ...(exclude.value.length > 0 ? { exclude: exclude.value } : {}),
    },
  }
}

function readKeyValues(value: unknown, path: string): Read<KeyValueRule[]> {
  if (!Array.isArray(value) || value.length > MAX_KEYS) {
    return { inner: path, expected: `a list of at most ${MAX_KEYS} rules` }
  }
  const rules: KeyValueRule[] = []
  for (const [position, item] of value.entries()) {
    const at = `${path}.${position}`
    const name = plain(item)?.key
    const key = typeof name === 'string' ? WORD.read(name) : null
    if (key === null) return { inner: `${at}.key`, expected: WORD.expected }
    const rule = readRule(item, at, WORD, ['key', 'include', 'exclude'])
    if (isFault(rule)) return rule
    if (rule.value === null) return { inner: at, expected: 'a rule that includes or excludes something' }
    rules.push({ key, ...rule.value })
  }
  return { value: rules }
}

/** A rule of segments, and groups of which each must hold one: no empty group, for it could never hold anybody. */
function readSegments(value: unknown, path: string): Read<SegmentRule | null> {
  const rule = readRule(value, path, SEGMENT, ['include', 'exclude', 'allOf'])
  if (isFault(rule)) return rule
  const groups = plain(value)?.allOf ?? []
  if (!Array.isArray(groups) || groups.length > MAX_GROUPS) {
    return { inner: `${path}.allOf`, expected: `a list of at most ${MAX_GROUPS} lists of segments` }
  }
  const allOf: string[][] = []
  for (const [position, group] of groups.entries()) {
    const words = readWords(group, `${path}.allOf.${position}`, SEGMENT)
    if (isFault(words)) return words
    if (words.value.length === 0)
      return { inner: `${path}.allOf.${position}`, expected: 'a list of segments' }
    allOf.push(words.value)
  }
  return allOf.length === 0 ? rule : { value: { ...rule.value, allOf } }
}

function readDayparts(value: unknown, path: string): Read<Daypart[]> {
  if (!Array.isArray(value) || value.length > MAX_DAYPARTS) {
    return { inner: path, expected: `a list of at most ${MAX_DAYPARTS}` }
  }
  const parts: Daypart[] = []
  for (const [position, item] of value.entries()) {
    const part = readDaypart(plain(item), `${path}.${position}`)
    if (isFault(part)) return part
    parts.push(part.value)
  }
  return { value: parts }
}

function readDaypart(part: Plain | null, path: string): Read<Daypart> {
  if (!part) return { inner: path, expected: 'an object with days, fromHour and toHour' }
  const stranger = Object.keys(part).find((name) => !['days', 'fromHour', 'toHour'].includes(name))
  if (stranger !== undefined) return { inner: `${path}.${stranger.slice(0, 100)}`, expected: 'absent' }
  const { days, fromHour, toHour } = part
  const isDay = (day: unknown) => Number.isInteger(day) && Number(day) >= 1 && Number(day) <= 7
  if (!Array.isArray(days) || days.length === 0 || days.length > 7 || !days.every(isDay)) {
    return { inner: `${path}.days`, expected: 'a list of weekdays from 1 (Monday) to 7 (Sunday)' }
  }
  const isHour = (hour: unknown) => Number.isInteger(hour) && Number(hour) >= 0 && Number(hour) <= 24
  if (!isHour(fromHour)) return { inner: `${path}.fromHour`, expected: 'a whole hour from 0 to 23' }
  if (!isHour(toHour) || Number(toHour) <= Number(fromHour)) {
    return { inner: `${path}.toHour`, expected: 'a whole hour after fromHour, at most 24' }
  }
  const distinct = [...new Set(days as number[])].sort((left, right) => left - right)
  return { value: { days: distinct, fromHour: Number(fromHour), toHour: Number(toHour) } }
}

function readDimension(name: string, value: unknown): Read<unknown> {
  if (name === 'keyValues') return readKeyValues(value, name)
  if (name === 'segments') return readSegments(value, name)
  if (name === 'dayparts') return readDayparts(value, name)
  if (Object.hasOwn(DIMENSIONS, name)) return readRule(value, name, DIMENSIONS[name as DimensionName])
  const known = [...Object.keys(DIMENSIONS), 'keyValues', 'segments', 'dayparts'].join(', ')
  return { inner: name.slice(0, 100), expected: `absent: there is no such dimension; known are ${known}` }
}

/**
 * Reads targeting strictly: an unknown dimension or word is refused, for a rule that is not understood would widen
 * whom an ad is shown to. Words come out canonical (DE, de, lower-case keywords), each once; empty rules are dropped.
 */
export function readTargeting(value: unknown): Reading<Targeting> {
  const object = plain(value)
  if (!object) return { expected: 'an object of dimensions' }
  const rules: Plain = {}
  for (const [name, dimension] of Object.entries(object)) {
    if (dimension === null) continue
    const read = readDimension(name, dimension)
    if (isFault(read)) return read
    const { value: rule } = read
    if (rule !== null && !(Array.isArray(rule) && rule.length === 0)) rules[name] = rule
  }
  return { value: rules as Targeting }
}

/** VineJS type of `targeting`. */
export function targeting() {
  const words = { type: 'array', items: { type: 'string' }, maxItems: MAX_WORDS }
  const rule = { type: 'object', properties: { include: words, exclude: words } }
  const properties = Object.fromEntries(Object.keys(DIMENSIONS).map((name) => [name, rule]))
  const keyValues = {
    type: 'array',
    items: { ...rule, properties: { key: { type: 'string' }, ...rule.properties }, required: ['key'] },
  }
  const segments = {
    ...rule,
    properties: { ...rule.properties, allOf: { type: 'array', maxItems: MAX_GROUPS, items: words } },
  }
  const dayparts = {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        days: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 7 } },
        fromHour: { type: 'integer', minimum: 0, maximum: 23 },
        toHour: { type: 'integer', minimum: 1, maximum: 24 },
      },
      required: ['days', 'fromHour', 'toHour'],
    },
  }
  const schema = { type: 'object', properties: { ...properties, keyValues, segments, dayparts } }
  return parsed<Targeting, Targeting>('targeting', schema, readTargeting)
}
