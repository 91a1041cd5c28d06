import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import type {
  Alternative,
  Daypart,
  KeyValueRule,
  Rule,
  SegmentRule,
  Targeting,
  TargetingGroup,
} from '#modules/campaigns/contract'
import {
  FURTHER_DIMENSIONS,
  timeZone,
  type FurtherName,
} from '#modules/campaigns/validators/places_and_pages'
import { readCircle, readNumbers, readVersions } from '#modules/campaigns/validators/ranges'
import {
  isFault,
  plain,
  readList,
  readListRule,
  type Plain,
  type Read,
} from '#modules/campaigns/validators/reading'
import { rulesSchema } from '#modules/campaigns/validators/targeting_schema'
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
const MAX_RANGES = 100 // of one list of versions, numbers or circles
const MAX_TARGETING_GROUPS = 10
const MAX_ALTERNATIVES = 10 // of one group
const WORD: Dimension = { read: plainWord, expected: 'text of 1 to 100 characters on one line' }

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
    const rule = readRule(item, at, WORD, ['key', 'include', 'exclude', 'includeRanges', 'excludeRanges'])
    if (isFault(rule)) return rule
    const ranges = readRanges(item as Plain, at)
    if (isFault(ranges)) return ranges
    const whole = { ...rule.value, ...ranges.value }
    if (Object.keys(whole).length === 0) {
      return { inner: at, expected: 'a rule that includes or excludes something' }
    }
    rules.push({ key, ...whole })
  }
  return { value: rules }
}

function readRanges(rule: Plain, path: string): Read<Pick<KeyValueRule, 'includeRanges' | 'excludeRanges'>> {
  const include = readList(rule.includeRanges ?? [], `${path}.includeRanges`, MAX_RANGES, readNumbers)
  if (isFault(include)) return include
  const exclude = readList(rule.excludeRanges ?? [], `${path}.excludeRanges`, MAX_RANGES, readNumbers)
  if (isFault(exclude)) return exclude
  return {
    value: {
      ...(include.value.length > 0 ? { includeRanges: include.value } : {}),
      ...(exclude.value.length > 0 ? { excludeRanges: exclude.value } : {}),
    },
  }
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
    if (words.value.length === 0) {
      return { inner: `${path}.allOf.${position}`, expected: 'a list of segments' }
    }
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
  const isHour = (hour: unknown) =>
    typeof hour === 'number' && Number.isInteger(hour * 4) && hour >= 0 && hour <= 24
  if (!isHour(fromHour)) return { inner: `${path}.fromHour`, expected: 'an hour from 0 to 23.75 in quarters' }
  if (!isHour(toHour) || Number(toHour) <= Number(fromHour)) {
    return { inner: `${path}.toHour`, expected: 'an hour in quarters after fromHour, at most 24' }
  }
  const distinct = [...new Set(days as number[])].sort((left, right) => left - right)
  return { value: { days: distinct, fromHour: Number(fromHour), toHour: Number(toHour) } }
}

/** `campaign`, which is what absent means, is dropped. */
function readDaypartZone(value: unknown, path: string): Read<string | null> {
  if (value === 'campaign') return { value: null }
  const zone = value === 'viewer' ? value : typeof value === 'string' ? timeZone(value) : null
  return zone === null ? { inner: path, expected: 'campaign, viewer or an IANA time zone' } : { value: zone }
}

function readGroup(value: unknown, path: string): Read<TargetingGroup> {
  const group = plain(value)
  if (!group || Object.keys(group).some((name) => name !== 'anyOf')) {
    return { inner: path, expected: 'an object with anyOf' }
  }
  const anyOf = readList(group.anyOf, `${path}.anyOf`, MAX_ALTERNATIVES, readAlternative)
  if (isFault(anyOf)) return anyOf
  if (anyOf.value.length === 0) return { inner: `${path}.anyOf`, expected: 'at least one alternative' }
  return { value: { anyOf: anyOf.value } }
}

/** Targeting without groups: they do not nest. */
function readAlternative(value: unknown, path: string): Read<Alternative> {
  const object = plain(value)
  if (!object) return { inner: path, expected: 'an object of dimensions' }
  if (Object.hasOwn(object, 'groups')) {
    return { inner: `${path}.groups`, expected: 'absent: groups do not nest' }
  }
  const read = readDimensions(object)
  if (isFault(read)) return { inner: `${path}.${read.inner}`, expected: read.expected }
  return Object.keys(read.value).length > 0 ? read : { inner: path, expected: 'at least one rule' }
}

const READERS: Readonly<Record<string, (value: unknown, path: string) => Read<unknown>>> = {
  keyValues: readKeyValues,
  segments: readSegments,
  dayparts: readDayparts,
  daypartZone: readDaypartZone,
  osVersions: (value, path) => readListRule(value, path, MAX_RANGES, readVersions),
  browserVersions: (value, path) => readListRule(value, path, MAX_RANGES, readVersions),
  areas: (value, path) => readListRule(value, path, MAX_RANGES, readCircle),
  groups: (value, path) => readList(value, path, MAX_TARGETING_GROUPS, readGroup),
}
const KNOWN = [...Object.keys(DIMENSIONS), ...Object.keys(FURTHER_DIMENSIONS), ...Object.keys(READERS)]

function readDimension(name: string, value: unknown): Read<unknown> {
  if (Object.hasOwn(READERS, name)) return READERS[name]!(value, name)
  if (Object.hasOwn(DIMENSIONS, name)) return readRule(value, name, DIMENSIONS[name as DimensionName])
  if (Object.hasOwn(FURTHER_DIMENSIONS, name)) {
    return readRule(value, name, FURTHER_DIMENSIONS[name as FurtherName])
  }
  return {
    inner: name.slice(0, 100),
    expected: `absent: there is no such dimension; known are ${KNOWN.join(', ')}`,
  }
}

function readDimensions(object: Plain): Read<Targeting> {
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

/**
 * Reads targeting strictly: an unknown dimension or word is refused, for a rule that is not understood would widen
 * whom an ad is shown to. Words come out canonical (DE, de, lower-case keywords), each once; empty rules are dropped.
 */
export function readTargeting(value: unknown): Reading<Targeting> {
  const object = plain(value)
  if (!object) return { expected: 'an object of dimensions' }
  return readDimensions(object)
}

/** VineJS type of `targeting`. */
export function targeting() {
  const words = [...Object.keys(DIMENSIONS), ...Object.keys(FURTHER_DIMENSIONS)]
  const limits = {
    words: MAX_WORDS,
    segmentGroups: MAX_GROUPS,
    groups: MAX_TARGETING_GROUPS,
    alternatives: MAX_ALTERNATIVES,
  }
  return parsed<Targeting, Targeting>('targeting', rulesSchema(words, limits), readTargeting)
}
