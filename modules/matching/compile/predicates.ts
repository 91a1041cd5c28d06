import type {
  Alternative,
  KeyValueRule,
  ListRule,
  Rule,
  Targeting,
  VersionRange,
} from '#modules/campaigns/contract'
import type { NoServe } from '#modules/matching/contract'
import { dottedNumbers } from '#modules/matching/hot/dotted'
import { compileGlob } from '#modules/matching/hot/glob'
import { spacedWords } from '#modules/matching/hot/page_words'
import * as hot from '#modules/matching/hot/predicates'
import type { Predicate, Versions } from '#modules/matching/hot/predicates'
import type { Source } from '#modules/matching/hot/request_details'
import { normalRule } from '#modules/matching/compile/keywords'
import { networkSet } from '#modules/matching/compile/network_ranges'
import { daypartZone, weekOf } from '#modules/matching/compile/schedule'

/** Dimensions of words that rows or numbered values hold, in a line item's own targeting. */
const INDEXED = [
  ['placements', 'placementId', 'placement'],
  ['sites', 'siteId', 'site'],
  ['countries', 'country', 'country'],
  ['deviceTypes', 'deviceType', 'device_type'],
  ['operatingSystems', 'os', 'os'],
  ['browsers', 'browser', 'browser'],
  ['languages', 'language', 'language'],
  ['regions', 'region', 'region'],
  ['cities', 'city', 'city'],
  ['timeZones', 'timeZone', 'time_zone'],
  ['connectionTypes', 'connectionType', 'connection_type'],
] as const satisfies readonly (readonly [keyof Targeting, Source, NoServe])[]

/**
 * What has to be asked of a line item's targeting besides rows and numbered values; empty for most.
 *
 * @param zone the campaign's
 */
export function predicatesOf(targeting: Targeting, zone: string): readonly Predicate[] {
  const found = furtherOf(targeting)
  for (const rule of targeting.keyValues ?? []) if (hasRanges(rule)) found.push(keyValue(rule))
  if (targeting.dayparts?.length && targeting.daypartZone === 'viewer') {
    found.push(new hot.ViewerDaypartPredicate(weekOf(targeting.dayparts)))
  }
  for (const { anyOf } of targeting.groups ?? []) {
    found.push(new hot.GroupPredicate(anyOf.map((alternative) => wholeOf(alternative, zone))))
  }
  return found
}

export function hasRanges({ includeRanges, excludeRanges }: KeyValueRule): boolean {
  return Boolean(includeRanges?.length || excludeRanges?.length)
}

/** All of an alternative: no row stands for it. */
function wholeOf(targeting: Alternative, zone: string): readonly Predicate[] {
  const found = INDEXED.flatMap(([name, source, code]) => words(code, source, targeting[name]))
  const { keywords, segments, dayparts } = targeting
  found.push(...words('keywords', 'keywords', keywords && normalRule(keywords)))
  found.push(...words('segments', 'segments', segments))
  for (const include of segments?.allOf ?? []) found.push(...words('segments', 'segments', { include }))
  for (const rule of targeting.keyValues ?? []) found.push(keyValue(rule))
  found.push(...furtherOf(targeting))
  if (dayparts?.length) found.push(daypartOf(weekOf(dayparts), targeting.daypartZone, zone))
  return found
}

function daypartOf(week: Uint8Array, stated: string | undefined, zone: string): Predicate {
  if (stated === 'viewer') return new hot.ViewerDaypartPredicate(week)
  return new hot.ZoneDaypartPredicate(daypartZone(stated, zone), week)
}

function furtherOf(targeting: Alternative): Predicate[] {
  const { osVersions, browserVersions, sections, pageUrls, phrases, areas, addresses } = targeting
  const found: Predicate[] = words('categories', 'categories', targeting.categories)
  if (says(osVersions)) found.push(new hot.OsVersionPredicate('os_version', ...versions(osVersions)))
  if (says(browserVersions)) {
    found.push(new hot.BrowserVersionPredicate('browser_version', ...versions(browserVersions)))
  }
  if (says(sections)) {
    found.push(new hot.SectionPredicate('section', ...lists(sections, (section) => section)))
  }
  if (says(pageUrls)) found.push(new hot.PageUrlPredicate('page_url', ...lists(pageUrls, pattern)))
  if (says(phrases)) found.push(new hot.PhrasePredicate('phrases', ...lists(phrases, spacedWords)))
  if (says(areas)) found.push(new hot.AreaPredicate('area', ...lists(areas, (circle) => circle)))
  if (says(addresses)) {
    found.push(new hot.AddressPredicate('address', networks(addresses.include), networks(addresses.exclude)))
  }
  return found
}

function says<Item>(rule: ListRule<Item> | undefined): rule is ListRule<Item> {
  return Boolean(rule?.include?.length || rule?.exclude?.length)
}

function words(code: NoServe, source: Source, rule: Rule | undefined): Predicate[] {
  if (!says(rule)) return []
  return [new hot.WordsPredicate(code, source, new Set(rule.include), new Set(rule.exclude))]
}

function lists<Item, Made>(
  { include = [], exclude = [] }: ListRule<Item>,
  make: (item: Item) => Made
): [Made[], Made[]] {
  return [include.map(make), exclude.map(make)]
}

/** Bounds that are no versions make a range that takes nothing; validation does not let them in. */
function versions(rule: ListRule<VersionRange>): [Versions[], Versions[]] {
  return lists(rule, ({ family, from, to }) => ({
    family,
    from: from === undefined ? null : (dottedNumbers(from) ?? [Infinity]),
    to: to === undefined ? null : (dottedNumbers(to) ?? [-1]),
  }))
}

function pattern(text: string) {
  const slash = text.indexOf('/')
  return { host: compileGlob(text.slice(0, slash)), path: compileGlob(text.slice(slash)) }
}

const networks = (list: readonly string[] | undefined) => (list?.length ? [networkSet(list)] : [])

function keyValue(rule: KeyValueRule): Predicate {
  const list = (set: readonly string[] | undefined, ranges: KeyValueRule['includeRanges']) => [
    ...(set?.length ? [new Set(set)] : []),
    ...(ranges ?? []),
  ]
  return new hot.KeyValuePredicate(
    rule.key,
    list(rule.include, rule.includeRanges),
    list(rule.exclude, rule.excludeRanges)
  )
}
