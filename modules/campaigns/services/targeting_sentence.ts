import { categoryName } from '#modules/context/contract'
import type {
  Alternative,
  Circle,
  KeyValueRule,
  ListRule,
  NumberRange,
  Targeting,
  VersionRange,
} from '#modules/campaigns/contract'

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MOST_NAMED = 6

type Names = ReadonlyMap<string, string>
type Words = { readonly in: string; readonly notIn: string }
const plain = (word: string) => word

function list<Item>(items: readonly Item[], label: (item: Item) => string): string {
  const shown = items.slice(0, MOST_NAMED).map(label)
  const more = items.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}

function rule<Item>(
  words: Words,
  given: ListRule<Item> | undefined,
  label: (item: Item) => string
): string[] {
  const parts: string[] = []
  if (given?.include?.length) parts.push(`${words.in} ${list(given.include, label)}`)
  if (given?.exclude?.length) parts.push(`${words.notIn} ${list(given.exclude, label)}`)
  return parts
}

/**
 * What a targeting means, in one English sentence without a full stop. Empty targeting: `everyone`.
 * @param names  names of sites, placements and segments by id; an id without a name is shown as it is
 */
export function describeTargeting(targeting: Targeting, names: Names): string {
  const parts = partsOf(targeting, names)
  for (const { anyOf } of targeting.groups ?? []) {
    parts.push(
      `either ${anyOf.map((alternative) => partsOf(alternative, names).join(' and ')).join(', or ')}`
    )
  }
  return parts.length === 0 ? 'everyone' : `people ${parts.join(', ')}`
}

/** Ids in a targeting that have names elsewhere. */
export function namedIn(targeting: Targeting): string[] {
  const parts: Alternative[] = [targeting, ...(targeting.groups ?? []).flatMap(({ anyOf }) => anyOf)]
  return parts.flatMap(({ sites, placements, segments }) => [
    ...[sites, placements, segments].flatMap((one) => [...(one?.include ?? []), ...(one?.exclude ?? [])]),
    ...(segments?.allOf ?? []).flat(),
  ])
}

function partsOf(targeting: Alternative, names: Names): string[] {
  const named = (id: string) => names.get(id) ?? id
  return [
    ...placeParts(targeting),
    ...deviceParts(targeting),
    ...rule({ in: 'on the site', notIn: 'not on the site' }, targeting.sites, named),
    ...rule({ in: 'in the placement', notIn: 'not in the placement' }, targeting.placements, named),
    ...pageParts(targeting),
    ...(targeting.keyValues ?? []).flatMap(keyValueParts),
    ...rule({ in: 'in the segment', notIn: 'not in the segment' }, targeting.segments, named),
    ...(targeting.segments?.allOf ?? []).map((group) => `in the segment ${list(group, named)}`),
    ...daypartParts(targeting),
  ]
}

function placeParts(targeting: Alternative): string[] {
  const countries = new Intl.DisplayNames('en', { type: 'region' })
  const place = { in: 'in', notIn: 'not in' }
  const city = (word: string) =>
    `${word.slice(3).replace(/(^|[\s-])\p{L}/gu, (first) => first.toUpperCase())} (${word.slice(0, 2)})`
  const circle = ({ latitude, longitude, km }: Circle) => `${km} km of ${latitude}, ${longitude}`
  return [
    ...rule(place, targeting.countries, (code) => countries.of(code) ?? code),
    ...rule({ in: 'in the region', notIn: 'not in the region' }, targeting.regions, plain),
    ...rule(place, targeting.cities, city),
    ...rule({ in: 'within', notIn: 'not within' }, targeting.areas, circle),
    ...rule({ in: 'in the time zone', notIn: 'not in the time zone' }, targeting.timeZones, plain),
    ...rule({ in: 'at an address of', notIn: 'not at an address of' }, targeting.addresses, plain),
  ]
}

function deviceParts(targeting: Alternative): string[] {
  const languages = new Intl.DisplayNames('en', { type: 'language' })
  const connection = (word: string) => word.replace('_', '/')
  return [
    ...rule({ in: 'on a', notIn: 'not on a' }, targeting.deviceTypes, plain),
    ...rule({ in: 'with', notIn: 'without' }, targeting.operatingSystems, plain),
    ...rule({ in: 'with', notIn: 'without' }, targeting.osVersions, versions),
    ...rule({ in: 'in the browser', notIn: 'not in the browser' }, targeting.browsers, plain),
    ...rule({ in: 'in the browser', notIn: 'not in the browser' }, targeting.browserVersions, versions),
    ...rule(
      { in: 'over a connection by', notIn: 'not over a connection by' },
      targeting.connectionTypes,
      connection
    ),
    ...rule(
      { in: 'reading', notIn: 'not reading' },
      targeting.languages,
      (code) => languages.of(code) ?? code
    ),
  ]
}

function pageParts(targeting: Alternative): string[] {
  const category = (id: string) => categoryName(id) ?? id
  const quoted = (phrase: string) => `“${phrase}”`
  return [
    ...rule({ in: 'in the section', notIn: 'not in the section' }, targeting.sections, plain),
    ...rule({ in: 'on pages like', notIn: 'not on pages like' }, targeting.pageUrls, plain),
    ...rule({ in: 'on pages about', notIn: 'not on pages about' }, targeting.keywords, plain),
    ...rule({ in: 'on pages that say', notIn: 'not on pages that say' }, targeting.phrases, quoted),
    ...rule(
      { in: 'on pages of the category', notIn: 'not on pages of the category' },
      targeting.categories,
      category
    ),
  ]
}

function keyValueParts({
  key,
  include = [],
  exclude = [],
  includeRanges = [],
  excludeRanges = [],
}: KeyValueRule): string[] {
  const words = { in: `where ${key} is`, notIn: `where ${key} is not` }
  return rule<string | NumberRange>(
    words,
    { include: [...include, ...includeRanges], exclude: [...exclude, ...excludeRanges] },
    (item) => (typeof item === 'string' ? item : span(item.from, item.to))
  )
}

const versions = ({ family, from, to }: VersionRange) => `${family} ${span(from, to)}`

/** `17 to 18`, `from 17`, `up to 18`. */
function span(from: string | number | undefined, to: string | number | undefined): string {
  if (from === undefined) return `up to ${to}`
  return to === undefined ? `from ${from}` : `${from} to ${to}`
}

function daypartParts({ dayparts = [], daypartZone }: Alternative): string[] {
  const hour = (at: number) => `${Math.floor(at)}:${String((at % 1) * 60).padStart(2, '0')}`
  const parted = dayparts.map(
    ({ days, fromHour, toHour }) =>
      `${days.map((day) => DAYS[day]).join(', ')} ${hour(fromHour)}–${hour(toHour)}`
  )
  if (parted.length === 0) return []
  const clock =
    daypartZone === undefined || daypartZone === 'campaign'
      ? ''
      : daypartZone === 'viewer'
        ? ' on their own clock'
        : ` in ${daypartZone}`
  return [`at ${parted.join(' or ')}${clock}`]
}
