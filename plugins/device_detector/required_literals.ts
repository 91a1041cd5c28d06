/**
 * Reads out of a regular expression which words a text must hold to match it.
 *
 * A rule such as `(?:Opera Tablet|OPR/)[0-9]+` cannot match a text that holds neither `opera tablet` nor `opr/`.
 * Looking for words costs far less than running thousands of expressions, so the words are the index to the rules.
 * The answer errs on one side only: it may be null where a word exists, never name a word that a match can do without.
 */

/** Words of which every match holds at least one, lower case; null when nothing can be said. */
export type RequiredLiterals = readonly string[] | null

/** What is known of one part: all strings it can consume, and words of which one must occur. */
type Part = { readonly exact: readonly string[] | null; readonly required: RequiredLiterals }

const MAX_EXACT = 64
const MAX_REQUIRED = 4_000
const MAX_CLASS = 4
/** Longer words tell no more than this. */
const ENOUGH_CHARS = 6

const NOTHING: Part = { exact: null, required: null }
const EMPTY: Part = { exact: [''], required: null }

/** What nearly every browser sends: such words occur in each text and so select nothing. */
export const USUAL_TEXT =
  'mozilla/5.0 (windows nt 10.0; win64; x64) (linux; android 10; k build/) (macintosh; intel mac os x 10_15_7) (iphone; cpu iphone os 18_5 like mac os x) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/120.0.0.0 mobile safari/537.36'

/** @param source a case-insensitive expression without flags; what is not understood counts as "matches anything" */
export function requiredLiterals(source: string): RequiredLiterals {
  const parser = new Parser(source)
  const part = parser.alternation()
  return parser.done ? wordsOf(part) : null
}

function wordsOf(part: Part): RequiredLiterals {
  const { exact } = part
  return better(part.required, exact && exact.every((word) => word.length > 0) ? exact : null)
}

/** How well the worst of the words selects: its length, next to nothing for a usual one. */
function selectivity(words: readonly string[]): number {
  return words.reduce(
    (least, word) => Math.min(least, USUAL_TEXT.includes(word) ? word.length / 100 : word.length),
    ENOUGH_CHARS
  )
}

function better(left: RequiredLiterals, right: RequiredLiterals): RequiredLiterals {
  if (!left || !right) return left ?? right
  const difference = selectivity(left) - selectivity(right)
  if (difference !== 0) return difference > 0 ? left : right
  return left.length <= right.length ? left : right
}

const unique = (words: readonly string[]) => [...new Set(words)]

class Parser {
  private at = 0
  constructor(private readonly source: string) {}

  get done(): boolean {
    return this.at === this.source.length
  }

  alternation(): Part {
    const branches = [this.sequence()]
    while (this.source[this.at] === '|') {
      this.at++
      branches.push(this.sequence())
    }
    if (branches.length === 1) return branches[0]!
    const exact = branches.every((branch) => branch.exact)
      ? unique(branches.flatMap((branch) => branch.exact!))
      : null
    const words = branches.map(wordsOf)
    const required = words.every((list) => list) ? unique(words.flatMap((list) => list!)) : null
    return {
      exact: exact && exact.length <= MAX_EXACT ? exact : null,
      required: required && required.length <= MAX_REQUIRED ? required : null,
    }
  }

  private sequence(): Part {
    let run: readonly string[] = ['']
    let best: RequiredLiterals = null
    let whole = true
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const part = this.quantified()
      if (part.exact && run.length * part.exact.length <= MAX_EXACT) {
        const tails = part.exact
        run = unique(run.flatMap((head) => tails.map((tail) => head + tail)))
        continue
      }
      best = better(better(best, wordsOf({ exact: run, required: null })), wordsOf(part))
      run = ['']
      whole = false
    }
    if (whole) return { exact: run, required: null }
    return { exact: null, required: better(best, wordsOf({ exact: run, required: null })) }
  }

  private quantified(): Part {
    const part = this.atom()
    const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})[?+]?/.exec(this.source.slice(this.at, this.at + 12))
    if (!quantifier) return part
    this.at += quantifier[0].length
    const sign = quantifier[0][0]
    if (sign === '+' || (sign === '{' && Number(quantifier[1]) > 0)) {
      return { exact: null, required: wordsOf(part) }
    }
    if (sign === '?' && part.exact && part.exact.length < MAX_EXACT) {
      return { exact: unique([...part.exact, '']), required: null }
    }
    return NOTHING
  }

  private atom(): Part {
    const char = this.source[this.at++]!
    if (char === '(') return this.group()
    if (char === '[') return this.charClass()
    if (char === '\\') return this.escape()
    if (char === '^' || char === '$') return EMPTY
    if (char === '.') return NOTHING
    return literal(char)
  }

  private group(): Part {
    const kind = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.source.slice(this.at, this.at + 40))?.[0] ?? ''
    this.at += kind.length
    const part = this.alternation()
    if (this.source[this.at] !== ')') return NOTHING
    this.at++
    const looksAround = kind.endsWith('=') || kind.endsWith('!')
    return looksAround ? EMPTY : part
  }

  private charClass(): Part {
    const start = this.at
    while (this.at < this.source.length && (this.source[this.at] !== ']' || this.at === start)) {
      this.at += this.source[this.at] === '\\' ? 2 : 1
    }
    const body = this.source.slice(start, this.at)
    this.at++
    const plain = body.replace(/\\([^\w])/g, '$1')
    if (body.startsWith('^') || /\\\w/.test(body) || /.-./.test(body) || plain.length > MAX_CLASS) {
      return NOTHING
    }
    const chars = [...plain].map(literal)
    return chars.every((part) => part.exact)
      ? { exact: unique(chars.flatMap((part) => part.exact!)), required: null }
      : NOTHING
  }

  private escape(): Part {
    const char = this.source[this.at++] ?? ''
    if (char === 'b' || char === 'B') return EMPTY
    if (char === 'x') this.at += 2
    if (char === 'u') this.at += 4
    return /\w/.test(char) ? NOTHING : literal(char)
  }
}

/** Folding beyond ASCII is left alone: such a character says nothing. */
function literal(char: string): Part {
  return char.charCodeAt(0) < 128 ? { exact: [char.toLowerCase()], required: null } : NOTHING
}
