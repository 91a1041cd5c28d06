/** Versions as numbers with dots between them. */

const PART = /^\d{1,9}$/
const MOST_PARTS = 8

/** Numbers of a version such as `17.5.1`; null when it is none, as `XP` or `Vista`. */
export function dottedNumbers(version: string): readonly number[] | null {
  const parts = version.split('.', MOST_PARTS + 1)
  return parts.length <= MOST_PARTS && parts.every((part) => PART.test(part)) ? parts.map(Number) : null
}

/** Below 0, 0 or above 0 as the version lies below, at or above the bound, by as many parts as the bound has. */
export function compareDotted(version: readonly number[], bound: readonly number[]): number {
  for (let at = 0; at < bound.length; at++) {
    const difference = (at < version.length ? version[at] : 0) - bound[at]
    if (difference !== 0) return difference
  }
  return 0
}
