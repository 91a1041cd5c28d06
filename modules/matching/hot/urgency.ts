/**
 * Urgency of guaranteed line items: the share of the goal that is left ÷ the share of the time that is left, in
 * double precision in exactly this order. It is taken at the start of the running minute, so it changes once a minute
 * and with each delivery state, and the order by urgency can be kept in between.
 */
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'

/** Time moves in steps of this length for urgency. */
export const URGENCY_STEP_MS = 60_000

export type Urgency = {
  /** What is left of the goal, by line item; whole impressions or clicks. */
  readonly left: Float64Array
  /** By line item, valid for the step that begins at `step[0]`; NaN there = to be computed. */
  readonly value: Float64Array
  readonly step: Float64Array
  /** Numbers of the standard tier, most urgent first, ties in rank order; computed when first needed. */
  readonly order: Uint32Array
  ordered: boolean
  /** Scratch of the sort. */
  readonly keys: Float64Array
}

export function newUrgency(index: CandidateIndex): Urgency {
  const lines = (index.tierWord[2] - index.tierWord[1]) << 5
  return {
    left: Float64Array.from(index.goal),
    value: new Float64Array(index.lineCount),
    step: new Float64Array([Number.NaN]),
    order: new Uint32Array(lines),
    ordered: false,
    keys: new Float64Array(lines),
  }
}

/** To be called after `left` was changed. */
export function forgetUrgency(urgency: Urgency): void {
  urgency.step[0] = Number.NaN
}

/** Makes `value` hold at `nowMs`: one comparison within a step, else 5 ns per guaranteed line item. */
export function urgencyAt(index: CandidateIndex, urgency: Urgency, nowMs: number): void {
  const step = Math.floor(nowMs / URGENCY_STEP_MS) * URGENCY_STEP_MS
  if (step === urgency.step[0]) return
  urgency.step[0] = step
  urgency.ordered = false
  for (let line = index.tierWord[1] << 5; line < index.tierWord[2] << 5; line++) {
    urgency.value[line] = urgencyOf(
      index.goal[line],
      urgency.left[line],
      index.startsAt[line],
      index.endsAt[line],
      step
    )
  }
}

/**
 * No goal: 0. Open end: the share of the goal that is left, as if all of the time were left. Nothing left, or no time
 * left: 0; such line items are not live, and the order needs finite numbers.
 */
function urgencyOf(goal: number, left: number, startsAt: number, endsAt: number, stepMs: number): number {
  if (!(goal > 0) || !(left > 0)) return 0
  const shareLeft = left / goal
  if (endsAt === Infinity || endsAt <= startsAt) return shareLeft
  const fromMs = stepMs > startsAt ? stepMs : startsAt
  return endsAt <= fromMs ? 0 : shareLeft / ((endsAt - fromMs) / (endsAt - startsAt))
}

/** Which half of a double holds the low bits of its mantissa on this machine. */
const LOW_HALF = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/**
 * The tier by urgency; sorted anew only when a step begins or the state changes. Sorts plain doubles, which costs a
 * quarter of sorting with a comparator: the low half of each is replaced by its line item's number, and a pass of
 * insertion puts right what that has swapped, values that agree in their first six digits.
 */
export function orderByUrgency(index: CandidateIndex, urgency: Urgency): Uint32Array {
  if (urgency.ordered) return urgency.order
  const { order, value, keys } = urgency
  const halves = new Uint32Array(keys.buffer)
  const first = index.tierWord[1] << 5
  for (let at = 0; at < order.length; at++) {
    keys[at] = value[first + at]
    halves[2 * at + LOW_HALF] = ~(first + at)
  }
  keys.sort()
  for (let at = 0; at < order.length; at++) {
    const line = ~halves[2 * (order.length - 1 - at) + LOW_HALF] >>> 0
    let place = at
    for (; place > 0 && comesBefore(value, line, order[place - 1]); place--) order[place] = order[place - 1]
    order[place] = line
  }
  urgency.ordered = true
  return order
}

/** More urgent, or as urgent and of a better rank. */
function comesBefore(value: Float64Array, line: number, other: number): boolean {
  return value[line] > value[other] || (value[line] === value[other] && line < other)
}
