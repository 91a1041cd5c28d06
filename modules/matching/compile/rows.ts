import type { Rule } from '#modules/campaigns/contract'
import { clearBit, setBit } from '#modules/matching/hot/bits'

/** Collects bitset rows; a row whose words are those of an earlier one gets that one's number. */
export class RowStore {
  readonly #rows: Int32Array[] = []
  readonly #byHash = new Map<number, number[]>()
  constructor(readonly words: number) {}

  /** A row of its own, all zero, written to later: never shared with another. */
  reserve(): number {
    return this.#rows.push(new Int32Array(this.words)) - 1
  }

  /** The number of a row with these words; the array is kept, so the caller hands it over. */
  add(row: Int32Array): number {
    const hash = hashOf(row)
    const equals = this.#byHash.get(hash) ?? []
    for (const number of equals) if (sameWords(this.#rows[number], row)) return number
    const number = this.#rows.push(row) - 1
    this.#byHash.set(hash, [...equals, number])
    return number
  }

  get(number: number): Int32Array {
    return this.#rows[number]
  }

  /** All rows end to end, and their summaries: bit w of a summary says that word w is not 0. */
  pack(): { bits: Int32Array; summary: Int32Array; summaryWords: number } {
    const summaryWords = (this.words + 31) >>> 5
    const bits = new Int32Array(this.words * this.#rows.length)
    const summary = new Int32Array(summaryWords * this.#rows.length)
    this.#rows.forEach((row, number) => {
      bits.set(row, number * this.words)
      const at = summary.subarray(number * summaryWords, (number + 1) * summaryWords)
      for (let word = 0; word < row.length; word++) if (row[word] !== 0) setBit(at, word)
    })
    return { bits, summary, summaryWords }
  }
}

/** Rows of one dimension before they are stored. */
export type ValueRows = { readonly byValue: ReadonlyMap<string, Int32Array>; readonly other: Int32Array }

/**
 * Folds rules into rows. A row has the bits of the line items that admit its value: no include or the value in it,
 * and the value not in the exclude. `other` stands for unknown and for every value that no rule names.
 *
 * @param rules by line number; undefined = admits everything; null = a gap, which admits nothing
 */
export function valueRows(words: number, rules: readonly (Rule | undefined | null)[]): ValueRows {
  const other = new Int32Array(words)
  rules.forEach((rule, line) => {
    if (rule !== null && !(rule?.include?.length ?? 0)) setBit(other, line)
  })
  const byValue = new Map<string, Int32Array>()
  const rowFor = (value: string): Int32Array => {
    let row = byValue.get(value)
    if (row === undefined) byValue.set(value, (row = other.slice()))
    return row
  }
  rules.forEach((rule, line) => rule?.include?.forEach((value) => setBit(rowFor(value), line)))
  rules.forEach((rule, line) => rule?.exclude?.forEach((value) => clearBit(rowFor(value), line)))
  return { byValue, other }
}

/** `into` ∧ `row`, in place. */
export function intersect(into: Int32Array, row: Int32Array): Int32Array {
  for (let word = 0; word < into.length; word++) into[word] &= row[word]
  return into
}

/** `into` ∨ `row`, in place. */
export function unite(into: Int32Array, row: Int32Array): Int32Array {
  for (let word = 0; word < into.length; word++) into[word] |= row[word]
  return into
}

/** @source FNV-1a, taken over words */
function hashOf(row: Int32Array): number {
  let hash = 0x811c9dc5
  for (let word = 0; word < row.length; word++) hash = Math.imul(hash ^ row[word], 0x01000193)
  return hash
}

function sameWords(a: Int32Array, b: Int32Array): boolean {
  for (let word = 0; word < a.length; word++) if (a[word] !== b[word]) return false
  return true
}
