import { LiteralIndex } from '#plugins/device_detector/literal_index'

export type Rule = { readonly regex: string; readonly models?: readonly Rule[] }
type Collection = readonly Rule[] | Readonly<Record<string, Rule>>
/** A parser of the library: it tries the rules of `collection` in order. */
export type RuleParser<Rules extends Collection = Collection> = {
  collection: Rules
  collectionLength?: number
  getBaseRegExp(source: string): RegExp
}

/** Shorter lists are quicker tried than looked up. */
const INDEXED_FROM = 12

/**
 * Shows each of several parsers only the rules that a text can match. The order of the rules, and so the answer,
 * stays. One index holds the rules of all parsers, so that a text is walked once.
 */
export class RuleScope {
  private readonly reading: Reading = { text: '', round: 0 }
  private readonly shelves: readonly Shelf[]
  private readonly index: LiteralIndex

  constructor(parsers: readonly RuleParser[]) {
    this.shelves = parsers.map((parser) => new Shelf(parser, this.reading))
    this.index = new LiteralIndex(this.shelves.flatMap((shelf) => shelf.rules.map((rule) => rule.regex)))
    parsers.forEach(compileOnce)
  }

  /** @param text lower case, all that the parsers will be asked to read next */
  narrowTo(text: string): void {
    this.reading.text = text
    this.reading.round += 1
    const found = this.index.candidates(text)
    let from = 0
    let first = 0
    for (const shelf of this.shelves) {
      let to = from
      while (to < found.length && found[to]! < first + shelf.rules.length) to++
      shelf.show(found, from, to, first)
      from = to
      first += shelf.rules.length
    }
  }
}

/** What is being read; shared with the rules that choose their models late. */
type Reading = { text: string; round: number }

/** The rules of one parser. */
class Shelf {
  readonly rules: readonly Rule[]
  private readonly names: readonly string[] | null

  constructor(
    private readonly parser: RuleParser,
    reading: Reading
  ) {
    const { collection } = parser
    this.names = isList(collection) ? null : Object.keys(collection)
    const rules = isList(collection) ? collection : Object.values(collection)
    this.rules = rules.map((rule) =>
      (rule.models?.length ?? 0) < INDEXED_FROM ? rule : withLateModels(rule, reading)
    )
  }

  show(found: readonly number[], from: number, to: number, first: number): void {
    const { names, rules, parser } = this
    if (names) {
      const shown: Record<string, Rule> = {}
      for (let at = from; at < to; at++) shown[names[found[at]! - first]!] = rules[found[at]! - first]!
      parser.collection = shown
      return
    }
    const shown: Rule[] = []
    for (let at = from; at < to; at++) shown.push(rules[found[at]! - first]!)
    parser.collection = shown
    if (parser.collectionLength !== undefined) parser.collectionLength = shown.length
  }
}

/** The same rule, whose models are narrowed when a text has matched it; its index is built at that time, once. */
function withLateModels(rule: Rule, reading: Reading): Rule {
  const all = rule.models ?? []
  let index: LiteralIndex | null = null
  let shown: readonly Rule[] = []
  let shownIn = -1
  return Object.defineProperty({ ...rule }, 'models', {
    get() {
      if (shownIn === reading.round) return shown
      index ??= new LiteralIndex(all.map((model) => model.regex))
      shown = index.candidates(reading.text).map((at) => all[at]!)
      shownIn = reading.round
      return shown
    },
  })
}

/** Keeps each compiled expression: there are as many as rules, and only those that were tried are compiled. */
export function compileOnce(parser: { getBaseRegExp(source: string): RegExp }): void {
  const compiled = new Map<string, RegExp>()
  const compile = parser.getBaseRegExp.bind(parser)
  parser.getBaseRegExp = (source) => {
    const known = compiled.get(source)
    if (known) return known
    const fresh = compile(source)
    compiled.set(source, fresh)
    return fresh
  }
}

const isList = (collection: Collection): collection is readonly Rule[] => Array.isArray(collection)
