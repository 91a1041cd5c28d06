/** Pacing, keywords, key-values, segments and predicates of survivors. Cost: one look-up per value of the request, once; then one load per value of a rule. */
import type { MatchInput } from '#modules/matching/contract'
import { clearBit, hasBit, lowestBit } from '#modules/matching/hot/bits'
import type { CandidateIndex, ManyValued } from '#modules/matching/hot/candidate_index'
import { meetsAll } from '#modules/matching/hot/predicates'
import type { HotRequest } from '#modules/matching/hot/request'
import { passes } from '#modules/matching/hot/throttle'

/** Drops from a word of `request.survivors` the line items that pacing or many-valued rules keep from the request; what is left. */
export function verifyWord(
  index: CandidateIndex,
  request: HotRequest,
  input: MatchInput,
  word: number
): number {
  const { survivors } = request
  let ruled = survivors[word] & index.throttle.asked[word]
  while (ruled !== 0) {
    const line = (word << 5) + lowestBit(ruled)
    ruled &= ruled - 1
    if (!admits(index, request, input, line)) clearBit(survivors, line)
  }
  return survivors[word]
}

/** True when pacing lets the line item compete and all of its many-valued rules, if any, admit the request. */
export function verifyLine(
  index: CandidateIndex,
  request: HotRequest,
  input: MatchInput,
  line: number
): boolean {
  return !hasBit(index.throttle.asked, line) || admits(index, request, input, line)
}

function admits(index: CandidateIndex, request: HotRequest, input: MatchInput, line: number): boolean {
  const { many } = index
  if (!passes(index.throttle, line, input.draw[1])) return false
  if (!hasBit(many.ruled, line)) return true
  if (!request.valuesStamped) stampValues(many, request, input)
  const { ruleStart, includeStart, excludeStart, values } = many
  const { valueStamp, serial } = request
  for (let rule = ruleStart[line]; rule < ruleStart[line + 1]; rule++) {
    const excludes = excludeStart[rule]
    if (
      includeStart[rule] < excludes &&
      !anyStamped(values, includeStart[rule], excludes, valueStamp, serial)
    ) {
      return false
    }
    if (anyStamped(values, excludes, includeStart[rule + 1], valueStamp, serial)) return false
  }
  const predicates = index.predicates[line]
  return predicates === null || meetsAll(predicates, request.details)
}

function anyStamped(
  values: Uint32Array,
  from: number,
  to: number,
  stamp: Uint32Array,
  serial: number
): boolean {
  for (let at = from; at < to; at++) {
    if (stamp[values[at]] === serial) return true
  }
  return false
}

/** Marks the keywords, segments and key-values of the request that some rule names. */
function stampValues(many: ManyValued, request: HotRequest, input: MatchInput): void {
  const { valueStamp, serial } = request
  request.valuesStamped = true
  request.details.take(input)
  for (let at = 0; at < input.keywords.length; at++) {
    const value = many.keywords.get(input.keywords[at])
    if (value !== undefined) valueStamp[value] = serial
  }
  const segments = input.segments
  if (segments !== undefined && many.segments.size > 0) {
    for (let at = 0; at < segments.length; at++) {
      const value = many.segments.get(segments[at])
      if (value !== undefined) valueStamp[value] = serial
    }
  }
  if (many.keyValues.size === 0) return
  for (const key in input.keyValues) {
    const numbers = many.keyValues.get(key)
    if (numbers === undefined || !Object.hasOwn(input.keyValues, key)) continue
    const values = input.keyValues[key]
    for (let at = 0; at < values.length; at++) {
      const value = numbers.get(values[at])
      if (value !== undefined) valueStamp[value] = serial
    }
  }
}
