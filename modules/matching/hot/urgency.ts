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
}

export function newUrgency(index: CandidateIndex): Urgency {
  const first = index.tierWord[1] << 5
  return {
    left: Float64Array.from(index.goal),
    value: new Float64Array(index.lineCount),
    step: new Float64Array([NaN]),
    order: new Uint32Array((index.tierWord[2] << 5) - first),
    ordered: false,
  }
}

/** To be called after `left` was changed. */
export function forgetUrgency(urgency: Urgency): void {
  urgency.step[0] = NaN
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

/** No goal: 0. Open end: the share of the goal that is left, as if all of the time were left. */
function urgencyOf(goal: number, left: number, startsAt: number, endsAt: number, stepMs: number): number {
  if (!(goal > 0)) return 0
  const shareLeft = left / goal
  if (endsAt === Infinity || endsAt <= startsAt) return shareLeft
  const fromMs = stepMs > startsAt ? stepMs : startsAt
  return shareLeft / ((endsAt - fromMs) / (endsAt - startsAt))
}

/** Sorts the tier by urgency; about 0.2 µs per line item, so only decisions with many survivors ask for it. */
export function orderByUrgency(index: CandidateIndex, urgency: Urgency): Uint32Array {
  if (urgency.ordered) return urgency.order
  const { order, value } = urgency
  const first = index.tierWord[1] << 5
  for (let at = 0; at < order.length; at++) order[at] = first + at
  order.sort((a, b) => value[b] - value[a] || a - b)
  urgency.ordered = true
  return order
}
