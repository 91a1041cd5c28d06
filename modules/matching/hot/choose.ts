/**
 * Choice among the survivors, tier by tier. The rules and their reasons are in docs/targeting.md, "Who wins". Every
 * function returns the number of a line item, or -1 when the tier has none for the request.
 */
import type { MatchInput } from '#modules/matching/contract'
import { bitOfRank, bitsWithin, clearBit, countBits, hasBit, lowestBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import type { HotRequest } from '#modules/matching/hot/request'
import { scan, survives } from '#modules/matching/hot/scan'
import { orderByUrgency, urgencyAt, type Urgency } from '#modules/matching/hot/urgency'
import { verifyLine, verifyWord } from '#modules/matching/hot/verify'

/** Draws are whole numbers below this. */
const DRAWS = 2 ** 32
const PERCENT = 100
/** Up to as many survivors, looking at each is faster than walking the order by urgency. */
const FEW = 64
/** Tiers of no more words are looked at as a whole. */
const FEW_WORDS = 8
const UNDECIDED = -2

export function choose(
  index: CandidateIndex,
  urgency: Urgency,
  request: HotRequest,
  input: MatchInput
): number {
  let line = chooseSponsor(index, request, input)
  if (line < 0) line = chooseUrgent(index, urgency, request, input)
  if (line < 0) line = chooseDearest(index, request, input)
  if (line < 0) line = chooseTied(index, request, input, index.tierWord[3] << 5, index.tierWord[4] << 5)
  return line
}

/**
 * Share of voice: the draw falls on a line from 0 to 100 percent on which the survivors lie end to end in rank order;
 * more than 100 percent are scaled down. Behind the last of them the request falls through, and the draw is stretched
 * over all of its range again, so that later tiers still draw evenly.
 */
export function chooseSponsor(index: CandidateIndex, request: HotRequest, input: MatchInput): number {
  const hits = scan(index, request, index.tierWord[0], index.tierWord[1])
  const { share } = index
  const { hitWords, draws } = request
  let sum = 0
  for (let hit = 0; hit < hits; hit++) {
    const word = hitWords[hit]
    for (let rest = verifyWord(index, request, input, word); rest !== 0; rest &= rest - 1) {
      sum += share[(word << 5) + lowestBit(rest)]
    }
  }
  if (sum === 0) return -1
  const point = draws[0] * (sum > PERCENT ? sum : PERCENT)
  let reached = 0
  for (let hit = 0; hit < hits; hit++) {
    const word = hitWords[hit]
    for (let rest = request.survivors[word]; rest !== 0; rest &= rest - 1) {
      const line = (word << 5) + lowestBit(rest)
      reached += share[line]
      if (point < reached * DRAWS) return line
    }
  }
  const taken = Math.ceil((sum * DRAWS) / PERCENT)
  draws[0] = Math.floor(((draws[0] - taken) / (DRAWS - taken)) * DRAWS)
  return -1
}

/**
 * The most urgent guaranteed line item; equals are drawn evenly. Three ways to the same answer: asking the most urgent
 * ones in turn, which ends soon for broad targeting; looking at every survivor, when they are few; walking the order.
 */
function chooseUrgent(
  index: CandidateIndex,
  urgency: Urgency,
  request: HotRequest,
  input: MatchInput
): number {
  const from = index.tierWord[1]
  const to = index.tierWord[2]
  if (from === to) return -1
  urgencyAt(index, urgency, input.nowMs)
  if (to - from > FEW_WORDS) {
    const line = mostUrgentOfFirst(index, urgency, request, input)
    if (line !== UNDECIDED) return line
  }
  request.survivors.fill(0, from, to)
  const hits = scan(index, request, from, to)
  let count = 0
  for (let hit = 0; hit < hits && count <= FEW; hit++) {
    count += countBits(request.survivors[request.hitWords[hit]])
  }
  if (count > FEW) return mostUrgentInOrder(index, urgency, request, input)
  return count === 0 ? -1 : mostUrgentOfFew(index, urgency.value, request, input, hits)
}

/** Asks the first of the order only; UNDECIDED when none of them survives, or when equals may follow behind them. */
function mostUrgentOfFirst(
  index: CandidateIndex,
  urgency: Urgency,
  request: HotRequest,
  input: MatchInput
): number {
  const order = orderByUrgency(index, urgency)
  const { value } = urgency
  const { tied } = request
  const end = Math.min(tied.length, order.length)
  let ties = 0
  for (let at = 0; at < end; at++) {
    const line = order[at]
    if (ties > 0 && value[line] < value[tied[0]]) return tied[drawOf(request, ties)]
    if (survives(index, request, line) && verifyLine(index, request, input, line)) tied[ties++] = line
  }
  return UNDECIDED
}

function mostUrgentOfFew(
  index: CandidateIndex,
  value: Float64Array,
  request: HotRequest,
  input: MatchInput,
  hits: number
): number {
  const { hitWords, survivors } = request
  let best = -1
  let ties = 0
  for (let hit = 0; hit < hits; hit++) {
    const word = hitWords[hit]
    for (let rest = verifyWord(index, request, input, word); rest !== 0; rest &= rest - 1) {
      const line = (word << 5) + lowestBit(rest)
      if (best < 0 || value[line] > value[best]) {
        best = line
        ties = 1
      } else if (value[line] === value[best]) ties++
    }
  }
  if (ties < 2) return best
  let rank = drawOf(request, ties)
  for (let hit = 0; hit < hits; hit++) {
    const word = hitWords[hit]
    for (let rest = survivors[word]; rest !== 0; rest &= rest - 1) {
      const line = (word << 5) + lowestBit(rest)
      if (value[line] === value[best] && rank-- === 0) return line
    }
  }
  return best
}

/** The same from the order by urgency: with many survivors the first is met after a few steps. */
function mostUrgentInOrder(
  index: CandidateIndex,
  urgency: Urgency,
  request: HotRequest,
  input: MatchInput
): number {
  const order = orderByUrgency(index, urgency)
  const { value } = urgency
  const { survivors } = request
  let first = -1
  let ties = 0
  for (let at = 0; at < order.length; at++) {
    const line = order[at]
    if (ties > 0 && value[line] < value[order[first]]) break
    if (!hasBit(survivors, line)) continue
    if (!verifyLine(index, request, input, line)) {
      clearBit(survivors, line)
      continue
    }
    if (ties++ === 0) first = at
  }
  if (ties < 2) return ties === 0 ? -1 : order[first]
  let rank = drawOf(request, ties)
  let at = first
  while (!hasBit(survivors, order[at]) || rank-- > 0) at++
  return order[at]
}

/** The highest eCPM. Numbers ascend as eCPM falls, so the first survivor wins, or one of its equals. */
function chooseDearest(index: CandidateIndex, request: HotRequest, input: MatchInput): number {
  const end = index.tierWord[3]
  for (let from = index.tierWord[2]; from < end; from = (from & ~31) + 32) {
    const hits = scan(index, request, from, Math.min((from & ~31) + 32, end))
    for (let hit = 0; hit < hits; hit++) {
      const word = request.hitWords[hit]
      const rest = verifyWord(index, request, input, word)
      if (rest === 0) continue
      const first = (word << 5) + lowestBit(rest)
      return chooseTied(index, request, input, first, index.tieEnd[first])
    }
  }
  return -1
}

/** One of the survivors numbered [from, to), each with the same chance. */
function chooseTied(
  index: CandidateIndex,
  request: HotRequest,
  input: MatchInput,
  from: number,
  to: number
): number {
  const { hitWords, survivors } = request
  const { asked } = index.throttle
  const hits = scan(index, request, from >>> 5, (to + 31) >>> 5)
  let count = 0
  for (let hit = 0; hit < hits; hit++) {
    const word = hitWords[hit]
    let rest = survivors[word]
    if (hit === 0 || hit === hits - 1) survivors[word] = rest = bitsWithin(rest, word << 5, from, to)
    if ((rest & asked[word]) !== 0) rest = verifyWord(index, request, input, word)
    count += countBits(rest)
  }
  if (count === 0) return -1
  let rank = drawOf(request, count)
  let hit = 0
  for (; ; hit++) {
    const inWord = countBits(survivors[hitWords[hit]])
    if (rank < inWord) break
    rank -= inWord
  }
  return (hitWords[hit] << 5) + bitOfRank(survivors[hitWords[hit]], rank)
}

/** A whole number below `count`, by the draw; exact, because draw × count stays below 2^53. */
function drawOf(request: HotRequest, count: number): number {
  return Math.floor((request.draws[0] * count) / DRAWS)
}
