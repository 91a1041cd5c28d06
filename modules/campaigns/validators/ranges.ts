/** Ranges of versions and numbers, and circles. */
import type { Circle, NumberRange, VersionRange } from '#modules/campaigns/contract'
import { plainWord } from '#modules/campaigns/validators/dimensions'
import { isFault, plain, readNumber, strangerIn, type Read } from '#modules/campaigns/validators/reading'

const VERSION = /^\d{1,9}(?:\.\d{1,9}){0,7}$/
const HALF_EQUATOR_KM = 20_038 // no two places are farther apart
const MOST = 1e15 // numbers in key-values are compared up to fifteen digits

export function readVersions(value: unknown, path: string): Read<VersionRange> {
  const range = plain(value)
  if (!range) return { inner: path, expected: 'an object with family, from and to' }
  const stranger = strangerIn(range, path, ['family', 'from', 'to'])
  if (stranger) return stranger
  const family = typeof range.family === 'string' ? plainWord(range.family) : null
  if (family === null) return { inner: `${path}.family`, expected: 'a family such as Android' }
  const bounds: { from?: string; to?: string } = {}
  for (const end of ['from', 'to'] as const) {
    const bound = range[end] ?? undefined
    if (bound === undefined) continue
    if (typeof bound !== 'string' || !VERSION.test(bound)) {
      return { inner: `${path}.${end}`, expected: 'a text of numbers with dots between them such as "17.5"' }
    }
    bounds[end] = bound
  }
  const { from, to } = bounds
  if (from === undefined && to === undefined) {
    return { inner: path, expected: 'a range with from, to or both' }
  }
  if (from !== undefined && to !== undefined && isBelow(to, from)) {
    return { inner: `${path}.to`, expected: 'a version that is not below from' }
  }
  return { value: { family, ...bounds } }
}

/** As far as both say: 17 is not below 17.5, for it takes all that begins with 17. */
function isBelow(version: string, other: string): boolean {
  const [numbers, others] = [version.split('.').map(Number), other.split('.').map(Number)]
  for (let at = 0; at < Math.min(numbers.length, others.length); at++) {
    if (numbers[at] !== others[at]) return numbers[at]! < others[at]!
  }
  return false
}

export function readNumbers(value: unknown, path: string): Read<NumberRange> {
  const range = plain(value)
  if (!range) return { inner: path, expected: 'an object with from, to or both' }
  const stranger = strangerIn(range, path, ['from', 'to'])
  if (stranger) return stranger
  const bounds: { from?: number; to?: number } = {}
  for (const end of ['from', 'to'] as const) {
    if (range[end] === undefined || range[end] === null) continue
    const bound = readNumber(range[end], `${path}.${end}`, -MOST, MOST)
    if (isFault(bound)) return bound
    bounds[end] = bound.value
  }
  if (bounds.from === undefined && bounds.to === undefined) {
    return { inner: path, expected: 'a range with from, to or both' }
  }
  if ((bounds.from ?? -Infinity) > (bounds.to ?? Infinity)) {
    return { inner: `${path}.to`, expected: 'a number that is not below from' }
  }
  return { value: bounds }
}

export function readCircle(value: unknown, path: string): Read<Circle> {
  const circle = plain(value)
  if (!circle) return { inner: path, expected: 'an object with latitude, longitude and km' }
  const stranger = strangerIn(circle, path, ['latitude', 'longitude', 'km'])
  if (stranger) return stranger
  const latitude = readNumber(circle.latitude, `${path}.latitude`, -90, 90)
  if (isFault(latitude)) return latitude
  const longitude = readNumber(circle.longitude, `${path}.longitude`, -180, 180)
  if (isFault(longitude)) return longitude
  const km = readNumber(circle.km, `${path}.km`, 0.1, HALF_EQUATOR_KM)
  if (isFault(km)) return km
  return { value: { latitude: latitude.value, longitude: longitude.value, km: km.value } }
}
