/** Families of systems and browsers in targeting: words of device detection, which is a plugin and names them its own way. */
import type { AgentReader } from '#modules/context/contract'
import { invalid } from '#modules/kernel/http/failures'
import type { Alternative, Rule, Targeting, VersionRange } from '#modules/campaigns/contract'

type Vocabulary = AgentReader['vocabulary']
type Kind = keyof Vocabulary
/** The name that a word means; throws for an unknown one. */
type Namer = (word: string, field: string) => string

const LISTS = ['include', 'exclude'] as const
const RULES = { operatingSystems: 'os', browsers: 'browsers' } as const
const RANGES = { osVersions: 'os', browserVersions: 'browsers' } as const
const NOUNS: Readonly<Record<Kind, string>> = { os: 'an operating system', browsers: 'a browser' }
const HINTS = 3

/**
 * Targeting with the families as the vocabulary spells them, whatever their case, each once; in groups as well.
 * A kind whose vocabulary is empty is taken as it is.
 *
 * @throws ProblemException 422 for a family that the vocabulary does not have: it would never serve
 */
export function canonicalAgents(vocabulary: Vocabulary, targeting: Targeting): Targeting {
  const named = withNames(vocabulary, targeting, 'targeting')
  const groups = targeting.groups?.map(({ anyOf }, at) => ({
    anyOf: anyOf.map((one, position) =>
      withNames(vocabulary, one, `targeting.groups.${at}.anyOf.${position}`)
    ),
  }))
  return groups ? { ...named, groups } : named
}

function withNames<Rules extends Alternative>(vocabulary: Vocabulary, rules: Rules, path: string): Rules {
  const changed: { -readonly [Name in keyof typeof RULES]?: Rule } & {
    -readonly [Name in keyof typeof RANGES]?: Alternative[Name]
  } = {}
  for (const name of ['operatingSystems', 'browsers'] as const) {
    const rule = rules[name]
    if (rule) changed[name] = namedRule(rule, namerOf(vocabulary, RULES[name]), `${path}.${name}`)
  }
  for (const name of ['osVersions', 'browserVersions'] as const) {
    const rule = rules[name]
    if (!rule) continue
    const nameOf = namerOf(vocabulary, RANGES[name])
    changed[name] = eachList(rule, (ranges: readonly VersionRange[], list) =>
      ranges.map((range, at) => ({
        ...range,
        family: nameOf(range.family, `${path}.${name}.${list}.${at}.family`),
      }))
    )
  }
  return { ...rules, ...changed }
}

function namedRule(rule: Rule, nameOf: Namer, path: string): Rule {
  const named = eachList(rule, (words: readonly string[], list) => [
    ...new Set(words.map((word, at) => nameOf(word, `${path}.${list}.${at}`))),
  ])
  const both = named.include?.findIndex((word) => named.exclude?.includes(word)) ?? -1
  if (both === -1) return named
  const field = `${path}.include.${both}`
  throw invalid(field, 'targeting', `The ${field} field must be included or excluded, not both`)
}

function eachList<Item>(
  rule: { readonly include?: readonly Item[]; readonly exclude?: readonly Item[] },
  change: (items: readonly Item[], list: (typeof LISTS)[number]) => Item[]
) {
  const changed: { include?: Item[]; exclude?: Item[] } = {}
  for (const list of LISTS) {
    const items = rule[list]
    if (items) changed[list] = change(items, list)
  }
  return changed
}

const spellings = new WeakMap<readonly string[], ReadonlyMap<string, string>>()

function namerOf(vocabulary: Vocabulary, kind: Kind): Namer {
  const names = vocabulary[kind]
  if (names.length === 0) return (word) => word
  let known = spellings.get(names)
  if (!known) spellings.set(names, (known = new Map(names.map((name) => [name.toLowerCase(), name]))))
  return (word, field) => {
    const name = known.get(word.toLowerCase())
    if (name !== undefined) return name
    const hint = closest(word, names).join(', ')
    const detail = `The ${field} field must be ${NOUNS[kind]} that device detection knows; the closest names are ${hint}`
    throw invalid(field, 'targeting', detail)
  }
}

/** The names that a word was probably meant to be, best first: those that contain it or are contained, then the least mistyped. */
export function closest(word: string, names: readonly string[]): string[] {
  const meant = word.toLowerCase()
  const away = (name: string) => {
    const other = name.toLowerCase()
    const inside = other.includes(meant) || meant.includes(other)
    return inside ? Math.abs(other.length - meant.length) / 4 : editsBetween(meant, other)
  }
  return names
    .map((name) => ({ name, distance: away(name) }))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, HINTS)
    .map(({ name }) => name)
}

/** Letters to add, drop or replace. @source Levenshtein distance, Wagner and Fischer 1974, one row kept */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[right.length]!
}
