/**
 * The one row that changes: running now ∧ money and goal left ∧ not held. Each part is a bitset of its own, so that a
 * held line item costs one word, and a new delivery state or a new hour costs one pass over the words.
 */
import { clearBit, setBit } from '#modules/matching/hot/bits'
import { LIVE_ROW, type CandidateIndex } from '#modules/matching/hot/candidate_index'
import { advanceTo, holdsAt } from '#modules/matching/hot/schedule'

export type LiveRow = {
  /** Line items that are not held (`setOpen`). */
  readonly open: Int32Array
  /** Line items whose campaign has money left and whose goal is not reached. */
  readonly funded: Int32Array
}

/** A row on which nothing is held and nothing is spent; it is current once `bringTo` was called. */
export function newLiveRow(index: CandidateIndex): LiveRow {
  return { open: new Int32Array(index.words).fill(-1), funded: new Int32Array(index.words).fill(-1) }
}

/** Makes the row hold at `nowMs`; two comparisons while it already does. */
export function bringTo(index: CandidateIndex, live: LiveRow, nowMs: number): void {
  if (holdsAt(index.schedule, nowMs)) return
  advanceTo(index.schedule, nowMs)
  rewrite(index, live)
}

/** Rewrites every word after `funded` was changed. */
export function rewrite(index: CandidateIndex, live: LiveRow): void {
  for (let word = 0; word < index.words; word++) writeWord(index, live, word)
}

/** Holds or releases one line item: constant time, no rebuild. */
export function setOpen(index: CandidateIndex, live: LiveRow, line: number, open: boolean): void {
  if (open) setBit(live.open, line)
  else clearBit(live.open, line)
  writeWord(index, live, line >>> 5)
}

function writeWord(index: CandidateIndex, live: LiveRow, word: number): void {
  const bits = index.schedule.running[word] & live.open[word] & live.funded[word]
  index.bits[LIVE_ROW * index.words + word] = bits
  const at = LIVE_ROW * index.summaryWords + (word >>> 5)
  if (bits === 0) index.summary[at] &= ~(1 << (word & 31))
  else index.summary[at] |= 1 << (word & 31)
}
