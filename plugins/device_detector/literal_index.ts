import { requiredLiterals, USUAL_TEXT } from '#plugins/device_detector/required_literals'

const GRAM = 3

type Posting = { readonly word: string; readonly offset: number; readonly rule: number }

/**
 * Finds, among many expressions, the few that a text can match at all.
 *
 * Every rule is filed under one group of three characters of each of its words, the rarest one; a look-up walks the
 * text once. Rules without a word of three characters are always candidates. Cost: one map look-up per character.
 */
export class LiteralIndex {
  private readonly postings = new Map<number, Posting[]>()
  private readonly always: number[] = []
  private readonly seen: Uint32Array
  private round = 0

  /** @param sources case-insensitive expressions in the order in which they are tried */
  constructor(sources: readonly string[]) {
    this.seen = new Uint32Array(sources.length)
    const words = sources.map((source) => {
      const literals = requiredLiterals(source)
      return literals?.every((word) => word.length >= GRAM) ? literals : null
    })
    const commonness = countGrams(words)
    words.forEach((literals, rule) => {
      if (!literals) this.always.push(rule)
      for (const word of literals ?? []) this.file(word, rule, commonness)
    })
  }

  /** Positions of the rules that may match, ascending. @param text lower case */
  candidates(text: string): number[] {
    this.round += 1
    const found = this.always.slice()
    for (const rule of found) this.seen[rule] = this.round
    for (let at = 0; at + GRAM <= text.length; at++) {
      const list = this.postings.get(gramAt(text, at))
      if (!list) continue
      for (const { word, offset, rule } of list) {
        if (this.seen[rule] === this.round || !text.startsWith(word, at - offset)) continue
        this.seen[rule] = this.round
        found.push(rule)
      }
    }
    return found.sort((left, right) => left - right)
  }

  private file(word: string, rule: number, commonness: ReadonlyMap<number, number>): void {
    let offset = 0
    for (let at = 1; at + GRAM <= word.length; at++) {
      if (commonness.get(gramAt(word, at))! < commonness.get(gramAt(word, offset))!) offset = at
    }
    const gram = gramAt(word, offset)
    const list = this.postings.get(gram)
    if (list) list.push({ word, offset, rule })
    else this.postings.set(gram, [{ word, offset, rule }])
  }
}

/** Three characters as one number; characters beyond 1023 fold, which only adds candidates to compare. */
function gramAt(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) & 1023) << 20) |
    ((text.charCodeAt(at + 1) & 1023) << 10) |
    (text.charCodeAt(at + 2) & 1023)
  )
}

/** How often a group occurs in the words; the groups that every browser sends count as common as can be. */
function countGrams(words: readonly (readonly string[] | null)[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const word of words.flatMap((literals) => literals ?? [])) {
    for (let at = 0; at + GRAM <= word.length; at++) {
      const gram = gramAt(word, at)
      counts.set(gram, (counts.get(gram) ?? 0) + 1)
    }
  }
  for (let at = 0; at + GRAM <= USUAL_TEXT.length; at++) {
    counts.set(gramAt(USUAL_TEXT, at), Number.MAX_SAFE_INTEGER)
  }
  return counts
}
