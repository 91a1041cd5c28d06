/**
 * The inner loop: ANDs the rows of a request, word by word, skipping by summary what cannot match. Budget: 0.3 µs for
 * 10,000 line items whose words are all non-empty, no allocation.
 */
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import { bitsWithin, lowestBit } from '#modules/matching/hot/bits'
import { ANY, UNUSED, type HotRequest } from '#modules/matching/hot/request'

/**
 * Finds the survivors of words [fromWord, toWord) and returns how many words have any. Their numbers land in
 * `request.hitWords`, ascending, their bits in `request.survivors` at the word's number; words not listed keep what
 * they held. Many-valued dimensions are not checked here.
 */
export function scan(index: CandidateIndex, request: HotRequest, fromWord: number, toWord: number): number {
  const { bits, words, summary, summaryWords } = index
  const { survivors, hitWords, mode, used, bars, barred, sizeRows, sizeRowCount, furtherRows, furtherCount } =
    request
  const placement = request.placementRow * words
  const country = request.countryRow * words
  const device = request.deviceRow * words
  const os = request.osRow * words
  const browser = request.browserRow * words
  const language = request.languageRow * words
  let hits = 0
  for (let at = fromWord >>> 5; at << 5 < toWord; at++) {
    let mask = bitsWithin(wordsToTry(summary, summaryWords, request, at), at << 5, fromWord, toWord)
    while (mask !== 0) {
      const word = (at << 5) + lowestBit(mask)
      mask &= mask - 1
      let bitsLeft =
        bits[word] &
        bits[placement + word] &
        bits[country + word] &
        bits[device + word] &
        bits[os + word] &
        bits[browser + word] &
        bits[language + word]
      if (bitsLeft === 0) continue
      if (furtherCount > 0) bitsLeft &= allRows(bits, words, word, furtherRows, furtherCount)
      if (sizeRowCount > 0) bitsLeft &= anySize(bits, words, word, sizeRows, sizeRowCount)
      if (mode !== ANY) bitsLeft &= mode === UNUSED ? ~used[word] : used[word]
      if (bars) bitsLeft &= ~barred[word]
      if (bitsLeft === 0) continue
      survivors[word] = bitsLeft
      hitWords[hits++] = word
    }
  }
  return hits
}

/** Which of 32 words may hold a survivor: those that no row of the request has empty. LIVE_ROW is the first row. */
function wordsToTry(summary: Int32Array, summaryWords: number, request: HotRequest, at: number): number {
  return (
    summary[at] &
    summary[request.placementRow * summaryWords + at] &
    summary[request.countryRow * summaryWords + at] &
    summary[request.deviceRow * summaryWords + at] &
    summary[request.osRow * summaryWords + at] &
    summary[request.browserRow * summaryWords + at] &
    summary[request.languageRow * summaryWords + at]
  )
}

/** Line items of a word that all of these rows have. */
function allRows(bits: Int32Array, words: number, word: number, rows: Uint32Array, count: number): number {
  let left = -1
  for (let at = 0; at < count; at++) left &= bits[rows[at] * words + word]
  return left
}

/** Line items of a word that have a creative of at least one of the sizes asked for. */
function anySize(
  bits: Int32Array,
  words: number,
  word: number,
  sizeRows: Uint32Array,
  count: number
): number {
  let fits = 0
  for (let at = 0; at < count; at++) fits |= bits[sizeRows[at] * words + word]
  return fits
}

/** The same for one line item: true when all rows of the request have its bit. */
export function survives(index: CandidateIndex, request: HotRequest, line: number): boolean {
  const { bits, words } = index
  const word = line >>> 5
  let bit =
    (1 << (line & 31)) &
    bits[word] &
    bits[request.placementRow * words + word] &
    bits[request.countryRow * words + word] &
    bits[request.deviceRow * words + word] &
    bits[request.osRow * words + word] &
    bits[request.browserRow * words + word] &
    bits[request.languageRow * words + word]
  if (bit !== 0 && request.furtherCount > 0) {
    bit &= allRows(bits, words, word, request.furtherRows, request.furtherCount)
  }
  if (bit !== 0 && request.sizeRowCount > 0) {
    bit &= anySize(bits, words, word, request.sizeRows, request.sizeRowCount)
  }
  if (bit !== 0 && request.mode !== ANY) {
    bit &= request.mode === UNUSED ? ~request.used[word] : request.used[word]
  }
  if (request.bars) bit &= ~request.barred[word]
  return bit !== 0
}
