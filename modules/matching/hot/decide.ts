/**
 * One decision over the line items of an organisation. Budget: 2 µs for 10,000 line items, no allocation, no clock, no
 * exception; all that may change its outcome is handed in.
 */
import type { MatchInput } from '#modules/matching/contract'
import { hasBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import { choose } from '#modules/matching/hot/choose'
import { bringTo, type LiveRow } from '#modules/matching/hot/live_row'
import { readRequest, UNUSED, USED, type HotRequest } from '#modules/matching/hot/request'
import type { Urgency } from '#modules/matching/hot/urgency'

const DRAWS = 2 ** 32

/**
 * Position in `index.matches` of the winner's line item and creative, or -1 when nothing may serve. Line items used
 * on the page are looked at only when no other one serves.
 */
export function decide(
  index: CandidateIndex,
  live: LiveRow,
  urgency: Urgency,
  request: HotRequest,
  input: MatchInput
): number {
  if (!readRequest(index, request, input)) return -1
  bringTo(index, live, input.nowMs)
  let line = choose(index, urgency, request, input)
  if (line < 0 && request.mode === UNUSED) {
    request.mode = USED
    line = choose(index, urgency, request, input)
  }
  return line < 0 ? -1 : chooseCreative(index, request, line)
}

/** One of the line item's creatives that may serve the request, by weight; rows and bars promise that there is one. */
function chooseCreative(index: CandidateIndex, request: HotRequest, line: number): number {
  const { creativeStart, creativeWeight } = index
  const end = creativeStart[line + 1]
  let total = 0
  for (let at = creativeStart[line]; at < end; at++) {
    if (mayShow(index, request, at)) total += creativeWeight[at]
  }
  const point = request.draws[1] * total
  let reached = 0
  for (let at = creativeStart[line]; at < end; at++) {
    if (!mayShow(index, request, at)) continue
    reached += creativeWeight[at]
    if (point < reached * DRAWS) return at
  }
  return -1
}

function mayShow(index: CandidateIndex, request: HotRequest, at: number): boolean {
  if (request.sizeStamp[index.creativeSize[at]] !== request.serial) return false
  return !(request.bars && request.creativesBarred && hasBit(request.barredCreatives, at))
}
