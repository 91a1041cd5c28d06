/**
 * What bars line items and creatives for one person, one page or a while: caps, exclusion keys, roadblocks, times. Costs one length per
 * list when there is nothing of the kind; else a few loads per barred line item, and what walking a set allocates.
 */
import { barGroupsOf, type BarGroups } from '#modules/matching/compile/bar_groups'
import { clearBit, hasBit, setBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import type { HotRequest } from '#modules/matching/hot/request'
import type { MatchInput } from '#modules/matching/contract'

/** Marks what may not serve; false when nothing is barred. Wants the sizes of the request to be stamped. */
export function readBars(index: CandidateIndex, request: HotRequest, input: MatchInput): boolean {
  const { capped, pageKeys, only, without } = input
  const capping = capped !== undefined && capped.size > 0
  const keyed = pageKeys !== undefined && pageKeys.size > 0
  const out = request.timed.outAt(input.nowMs)
  const held = without !== undefined && without.size > 0
  if (!capping && !keyed && only === undefined && !held && out.length === 0) return false
  const { barred } = request
  barred.fill(only === undefined ? 0 : -1)
  const groups = barGroupsOf(index)
  if (only !== undefined) {
    const line = index.numberOf.get(only)
    if (line !== undefined) clearBit(barred, line)
  }
  if (without !== undefined) for (const id of without) setAll(barred, groups.byOwner.get(id))
  if (keyed) for (const key of pageKeys) setAll(barred, groups.byKey.get(key))
  request.creativesBarred = false
  if (out.length > 0) barCreatives(request, out)
  if (capping) barCapped(index, request, groups, capped)
  for (let at = 0; at < out.length; at++) barWithout(index, request, groups.lineOf[out[at]])
  return true
}

function setAll(barred: Int32Array, lines: readonly number[] | undefined): void {
  if (lines === undefined) return
  for (let at = 0; at < lines.length; at++) setBit(barred, lines[at])
}

function barCapped(
  index: CandidateIndex,
  request: HotRequest,
  groups: BarGroups,
  capped: ReadonlySet<string>
): void {
  for (const id of capped) {
    setAll(request.barred, groups.byOwner.get(id))
    const entries = groups.byCreative.get(id)
    if (entries === undefined) continue
    barCreatives(request, entries)
  }
  if (!request.creativesBarred) return
  for (const id of capped) {
    const entries = groups.byCreative.get(id)
    if (entries === undefined) continue
    for (let at = 0; at < entries.length; at++) barWithout(index, request, groups.lineOf[entries[at]])
  }
}

function barCreatives(request: HotRequest, entries: readonly number[]): void {
  if (!request.creativesBarred) request.barredCreatives.fill(0)
  request.creativesBarred = true
  for (let at = 0; at < entries.length; at++) setBit(request.barredCreatives, entries[at])
}

/** Bars a line item that is left without a creative. */
function barWithout(index: CandidateIndex, request: HotRequest, line: number): void {
  if (!hasFreeCreative(index, request, line)) setBit(request.barred, line)
}

/** A creative that fits the request and is not barred. */
function hasFreeCreative(index: CandidateIndex, request: HotRequest, line: number): boolean {
  for (let at = index.creativeStart[line]; at < index.creativeStart[line + 1]; at++) {
    if (request.sizeStamp[index.creativeSize[at]] !== request.serial) continue
    if (!hasBit(request.barredCreatives, at)) return true
  }
  return false
}
