import { readFileSync } from 'node:fs'
import { sharedPath } from '#tests/support/shared_data'

/** One object per line of a text. */
export function jsonLines<Row>(text: string): Row[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)
}

/** Rows of a fixture of this repository. @param path below `tests/fixtures/` */
export function fixtureRows<Row>(path: string): Row[] {
  return jsonLines<Row>(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'))
}

/** Rows of a file of the shared test data; null, and a line that says so, when it is not on this machine. */
export function sharedRows<Row>(path: string): Row[] | null {
  const file = sharedPath(`data/${path}`)
  if (file) return jsonLines<Row>(readFileSync(file, 'utf8'))
  console.warn(
    `SKIPPED: the shared test data are absent (data/${path}); set PLACARD_SHARED to run what needs them`
  )
  return null
}
