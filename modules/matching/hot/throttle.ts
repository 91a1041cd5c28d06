/**
 * Pacing on the path: a line item that is held back competes for a share of its requests, chosen by a draw that is
 * derived from the request's. No clock and no counter: same input, same answer. Asked of survivors only, a few
 * nanoseconds each; free for line items that are not held back.
 */
import type { SnapshotLineItem } from '#modules/campaigns/contract'
import { setBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'

const DRAWS = 2 ** 32

export type Throttle = {
  /** Pass share × 2^32 by line number; 2^32 = competes for every request. */
  readonly threshold: Float64Array
  /** By line number: makes the draws of line items independent of each other, and the same in every process. */
  readonly seed: Int32Array
  /** Line items that are asked further as survivors: `many.ruled`, and those held back. */
  readonly asked: Int32Array
}

/** Nobody is held back. */
export function newThrottle(lineItems: readonly (SnapshotLineItem | null)[], ruled: Int32Array): Throttle {
  return {
    threshold: new Float64Array(lineItems.length).fill(DRAWS),
    seed: Int32Array.from(lineItems, (lineItem) => (lineItem === null ? 0 : hashOf(lineItem.id))),
    asked: ruled.slice(),
  }
}

/** Takes the pass shares of a delivery state, 0…1 by id; absent = all compete for everything. Off the path. */
export function setPassShares(
  { throttle, many, numberOf }: CandidateIndex,
  shares: ReadonlyMap<string, number> | undefined
): void {
  throttle.threshold.fill(DRAWS)
  throttle.asked.set(many.ruled)
  for (const [id, share] of shares ?? []) {
    const line = numberOf.get(id)
    if (line === undefined || !(share < 1)) continue
    throttle.threshold[line] = share * DRAWS
    setBit(throttle.asked, line)
  }
}

/**
 * Whether a line item competes for the request with this draw.
 * @source finalizer of MurmurHash3 (public domain, Austin Appleby): every bit of the draw moves every bit of the result
 */
export function passes(throttle: Throttle, line: number, draw: number): boolean {
  const threshold = throttle.threshold[line]
  if (threshold === DRAWS) return true
  let mixed = throttle.seed[line] ^ draw
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0 < threshold
}

/** @source FNV-1a over the characters of an id, which are ASCII */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return hash
}
