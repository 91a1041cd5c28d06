/**
 * Arithmetic on 32-bit words of a bitset. Pure, no allocation; bit `line & 31` of word `line >>> 5` stands for a line item.
 * Words are signed: a number above 2^31 that leaves a function not yet optimised is put on the heap.
 */

/** Number of set bits. @source "Bit Twiddling Hacks", counting bits set in parallel */
export function countBits(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Position 0…31 of the lowest set bit; the word is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}

/** Position of the set bit that has `rank` set bits below it; the word has more than `rank` set bits. */
export function bitOfRank(word: number, rank: number): number {
  let rest = word
  for (let skipped = 0; skipped < rank; skipped++) rest &= rest - 1
  return lowestBit(rest)
}

/** Bits of `word` that stand for line items of [from, to); `first` is the line item of its bit 0. */
export function bitsWithin(word: number, first: number, from: number, to: number): number {
  if (from >= first + 32 || to <= first) return 0
  let kept = word
  if (first < from) kept &= -1 << (from - first)
  if (to < first + 32) kept &= -1 >>> (first + 32 - to)
  return kept
}

export function hasBit(words: Int32Array, line: number): boolean {
  return (words[line >>> 5] & (1 << (line & 31))) !== 0
}

export function setBit(words: Int32Array, line: number): void {
  words[line >>> 5] |= 1 << (line & 31)
}

export function clearBit(words: Int32Array, line: number): void {
  words[line >>> 5] &= ~(1 << (line & 31))
}
