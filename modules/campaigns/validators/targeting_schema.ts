import type { JsonSchema } from '#modules/kernel/http/parsed_type'

type Limits = {
  readonly words: number
  readonly segmentGroups: number
  readonly groups: number
  readonly alternatives: number
}

const object = (properties: JsonSchema, required: string[] = []) => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
})
const list = (items: JsonSchema) => ({ type: 'array', items })
const either = (items: JsonSchema) => object({ include: list(items), exclude: list(items) })
const text = { type: 'string' }
const version = object({ family: text, from: text, to: text }, ['family'])
const numbers = object({ from: { type: 'number' }, to: { type: 'number' } })
const circle = object(
  {
    latitude: { type: 'number', minimum: -90, maximum: 90 },
    longitude: { type: 'number', minimum: -180, maximum: 180 },
    km: { type: 'number', minimum: 0.1 },
  },
  ['latitude', 'longitude', 'km']
)
const daypart = object(
  {
    days: list({ type: 'integer', minimum: 1, maximum: 7 }),
    fromHour: { type: 'number', minimum: 0, maximum: 23.75, multipleOf: 0.25 },
    toHour: { type: 'number', minimum: 0.25, maximum: 24, multipleOf: 0.25 },
  },
  ['days', 'fromHour', 'toHour']
)

/** JSON Schema of targeting. @param words names of the dimensions that are one rule of words */
export function rulesSchema(words: readonly string[], limits: Limits): JsonSchema {
  const wordList = { ...list(text), maxItems: limits.words }
  const rule = object({ include: wordList, exclude: wordList })
  const dimensions = {
    ...Object.fromEntries(words.map((name) => [name, rule])),
    keyValues: list(
      object({ key: text, ...rule.properties, includeRanges: list(numbers), excludeRanges: list(numbers) }, [
        'key',
      ])
    ),
    segments: object({ ...rule.properties, allOf: { ...list(wordList), maxItems: limits.segmentGroups } }),
    dayparts: list(daypart),
    daypartZone: text,
    osVersions: either(version),
    browserVersions: either(version),
    areas: either(circle),
  }
  const group = object({ anyOf: { ...list(object(dimensions)), maxItems: limits.alternatives } }, ['anyOf'])
  return object({ ...dimensions, groups: { ...list(group), maxItems: limits.groups } })
}
