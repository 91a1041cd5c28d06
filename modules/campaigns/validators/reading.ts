/** Readers of the parts of targeting: a value or the first fault, with its path inside targeting. */
import type { ListRule } from '#modules/campaigns/contract'

export type Plain = Record<string, unknown>
export type Fault = { readonly inner: string; readonly expected: string }
export type Read<Value> = { readonly value: Value } | Fault
export const isFault = (read: object): read is Fault => 'expected' in read

export function plain(value: unknown): Plain | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Plain) : null
}

/** The first field that is not among the known ones, as a fault. */
export function strangerIn(object: Plain, path: string, known: readonly string[]): Fault | null {
  const stranger = Object.keys(object).find((name) => !known.includes(name))
  if (stranger === undefined) return null
  return { inner: `${path}.${stranger.slice(0, 100)}`, expected: `absent: known are ${known.join(', ')}` }
}

/** A list of at most `most`, each element read by `one`. */
export function readList<Item>(
  value: unknown,
  path: string,
  most: number,
  one: (item: unknown, path: string) => Read<Item>
): Read<Item[]> {
  if (!Array.isArray(value) || value.length > most) {
    return { inner: path, expected: `a list of at most ${most}` }
  }
  const items: Item[] = []
  for (const [position, item] of value.entries()) {
    const read = one(item, `${path}.${position}`)
    if (isFault(read)) return read
    items.push(read.value)
  }
  return { value: items }
}

/** A rule whose items are objects. Null: it says nothing. */
export function readListRule<Item>(
  value: unknown,
  path: string,
  most: number,
  one: (item: unknown, path: string) => Read<Item>
): Read<ListRule<Item> | null> {
  const object = plain(value)
  if (!object) return { inner: path, expected: 'an object with include, exclude or both' }
  const stranger = strangerIn(object, path, ['include', 'exclude'])
  if (stranger) return stranger
  const include = readList(object.include ?? [], `${path}.include`, most, one)
  if (isFault(include)) return include
  const exclude = readList(object.exclude ?? [], `${path}.exclude`, most, one)
  if (isFault(exclude)) return exclude
  if (include.value.length + exclude.value.length === 0) return { value: null }
  return {
    value: {
      ...(include.value.length > 0 ? { include: include.value } : {}),
      ...(exclude.value.length > 0 ? { exclude: exclude.value } : {}),
    },
  }
}

export function readNumber(value: unknown, path: string, least: number, most: number): Read<number> {
  return typeof value === 'number' && value >= least && value <= most
    ? { value }
    : { inner: path, expected: `a number from ${least} to ${most}` }
}
