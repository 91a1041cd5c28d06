import { appendFileSync } from 'node:fs'

/**
 * Records a measured figure (a size, a rate, a seed). `npm run verify` prints all of a run in docs/verified.md;
 * elsewhere this does nothing.
 * @param name what was measured, in words; `unit` such as `decisions/s`, or '' for counts
 */
export function recordFigure(name: string, value: number | bigint | string, unit = ''): void {
  const path = process.env.TEST_FIGURES
  if (path) appendFileSync(path, `${JSON.stringify({ name, value: String(value), unit })}\n`)
}

/** Share of the full size that heavy tests run at: 0.05 in `npm test`, 0.1 in `.ci/run`, 1 in `npm run verify`. */
export function scale(): number {
  const value = Number(process.env.SCALE ?? '0.05')
  if (!(value > 0 && value <= 1)) {
    throw new Error(`SCALE is a number above 0 and up to 1, not "${process.env.SCALE}"`)
  }
  return value
}

/** `full` times the scale, as a whole number that is not below `least`. */
export const scaled = (full: number, least = 1): number => Math.max(least, Math.round(full * scale()))
