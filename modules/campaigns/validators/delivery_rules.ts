/** Frequency caps and labels, as the API reads them. */
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import type { FrequencyCap } from '#modules/campaigns/contract'
import { keyword } from '#modules/campaigns/validators/dimensions'

const MAX_RULES = 10 // of one owner
const MAX_IMPRESSIONS = 10_000
const MAX_MINUTES = 43_200 // 30 days; longer is a lifetime
const MAX_LABELS = 50
const NAMED = ['lifetime', 'day', 'hour'] as const

type Named = (typeof NAMED)[number]
const isWhole = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most

function readPer(value: unknown): FrequencyCap['per'] | null {
  if (NAMED.includes(value as Named)) return value as Named
  if (value === null || typeof value !== 'object' || Object.keys(value).join() !== 'minutes') return null
  const { minutes } = value as { minutes?: unknown }
  return isWhole(minutes, MAX_MINUTES) ? { minutes } : null
}

/** Up to ten rules; the smallest number of those with the same window stays. */
export function readFrequencyCaps(value: unknown): Reading<FrequencyCap[]> {
  if (!Array.isArray(value) || value.length > MAX_RULES) return { expected: `a list of at most ${MAX_RULES}` }
  const rules = new Map<string, FrequencyCap>()
  for (const [position, item] of value.entries()) {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) {
      return { inner: `${position}`, expected: 'an object with impressions and per' }
    }
    const stranger = Object.keys(item).find((name) => name !== 'impressions' && name !== 'per')
    if (stranger !== undefined) return { inner: `${position}.${stranger.slice(0, 100)}`, expected: 'absent' }
    const { impressions, per: window } = item as Record<string, unknown>
    if (!isWhole(impressions, MAX_IMPRESSIONS)) {
      return { inner: `${position}.impressions`, expected: `a whole number from 1 to ${MAX_IMPRESSIONS}` }
    }
    const per = readPer(window)
    if (per === null) {
      const expected = `lifetime, day, hour or { "minutes": 1 to ${MAX_MINUTES} }`
      return { inner: `${position}.per`, expected }
    }
    const key = JSON.stringify(per)
    const least = Math.min(impressions, rules.get(key)?.impressions ?? impressions)
    rules.set(key, { impressions: least, per })
  }
  return { value: [...rules.values()] }
}

/** VineJS type of `frequencyCaps`. */
export function frequencyCaps() {
  const per = {
    oneOf: [
      { enum: [...NAMED] },
      {
        type: 'object',
        properties: { minutes: { type: 'integer', minimum: 1, maximum: MAX_MINUTES } },
        required: ['minutes'],
      },
    ],
  }
  const impressions = { type: 'integer', minimum: 1, maximum: MAX_IMPRESSIONS }
  const items = { type: 'object', properties: { impressions, per }, required: ['impressions', 'per'] }
  const schema = { type: 'array', maxItems: MAX_RULES, items }
  return parsed<FrequencyCap[], FrequencyCap[]>('frequency_caps', schema, readFrequencyCaps)
}

/** Labels, lower case, each once. A colon is kept for keys of our own. */
export function readLabels(value: unknown): Reading<string[]> {
  if (!Array.isArray(value) || value.length > MAX_LABELS) {
    return { expected: `a list of at most ${MAX_LABELS} texts` }
  }
  const known = new Set<string>()
  for (const [position, item] of value.entries()) {
    const label = typeof item === 'string' && !item.includes(':') ? keyword(item) : null
    if (label === null) {
      return { inner: `${position}`, expected: 'text of 1 to 100 characters without a colon' }
    }
    known.add(label)
  }
  return { value: [...known] }
}

/** VineJS type of `exclusionKeys` and `adCategories`. */
export function labels() {
  const schema = { type: 'array', maxItems: MAX_LABELS, items: { type: 'string', maxLength: 100 } }
  return parsed<string[], string[]>('labels', schema, readLabels)
}
