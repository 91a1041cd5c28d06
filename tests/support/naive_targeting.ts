/**
 * The oracle's reading of targeting beyond plain words: versions, pages, places, addresses, groups. It shares nothing
 * with the engine: other libraries, other arithmetic, and no preparation.
 */
import ipaddr from 'ipaddr.js'
import { DateTime } from 'luxon'
import type {
  Alternative,
  Circle,
  Daypart,
  KeyValueRule,
  ListRule,
  NumberRange,
  Rule,
  Targeting,
  VersionRange,
} from '#modules/campaigns/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'
import type { MatchInput, NoServe } from '#modules/matching/contract'

export type NaiveCase = {
  readonly input: MatchInput
  readonly placement: SnapshotPlacement
  readonly pairs: ReadonlyMap<string, readonly string[]>
  /** Local times by zone, kept for the request. */
  readonly clocks: Map<string, DateTime>
}

/** A null or missing value is an unknown one: in no list. */
export function refuses(rule: Rule | undefined, values: readonly (string | null | undefined)[]): boolean {
  return fails(rule, (word) => values.some((value) => value === word))
}

function fails<Item>(rule: ListRule<Item> | undefined, hit: (item: Item) => boolean): boolean {
  const { include = [], exclude = [] } = rule ?? {}
  return exclude.some(hit) || (include.length > 0 && !include.some(hit))
}

/** Dayparts on the clock that they name; the campaign's unless said otherwise. */
export function offAir(
  at: Pick<NaiveCase, 'input' | 'clocks'>,
  targeting: Alternative,
  campaignZone: string
): boolean {
  const { dayparts = [], daypartZone = 'campaign' } = targeting
  if (dayparts.length === 0) return false
  const viewer = daypartZone === 'viewer'
  const zone = viewer ? at.input.timeZone : daypartZone === 'campaign' ? campaignZone : daypartZone
  if (!zone) return true
  let local = at.clocks.get(zone)
  if (!local) at.clocks.set(zone, (local = DateTime.fromMillis(at.input.nowMs, { zone })))
  if (!local.isValid) {
    if (viewer) return true
    throw new Error(`${zone}: ${local.invalidExplanation}`)
  }
  const { weekday, hour, minute } = local
  const hours = hour + minute / 60
  return !dayparts.some(
    (part: Daypart) => part.days.includes(weekday) && hours >= part.fromHour && hours < part.toHour
  )
}

/** The first reason of the further dimensions, in their documented order. */
export function furtherObstacle(at: NaiveCase, targeting: Targeting, campaignZone: string): NoServe | null {
  const { input, placement } = at
  if (refuses(targeting.regions, [input.region])) return 'region'
  if (refuses(targeting.cities, [input.city])) return 'city'
  if (refuses(targeting.timeZones, [input.timeZone])) return 'time_zone'
  if (refuses(targeting.connectionTypes, [input.connectionType])) return 'connection_type'
  if (fails(targeting.osVersions, versionIn(input.os, input.osVersion))) return 'os_version'
  if (fails(targeting.browserVersions, versionIn(input.browser, input.browserVersion))) {
    return 'browser_version'
  }
  const page = input.pageUrl ? new URL(input.pageUrl) : null
  if (fails(targeting.sections, (section) => page !== null && inSection(page.pathname, section))) {
    return 'section'
  }
  if (fails(targeting.pageUrls, (pattern) => page !== null && fitsPattern(page, pattern))) return 'page_url'
  if (fails(targeting.phrases, (phrase) => says(input, page, phrase))) return 'phrases'
  if (refuses(targeting.categories, [...(input.categories ?? []), ...(placement.categories ?? [])])) {
    return 'categories'
  }
  if (fails(targeting.areas, (circle) => isNear(input, circle))) return 'area'
  if (fails(targeting.addresses, (network) => liesIn(input.address, network))) return 'address'
  for (const { anyOf } of targeting.groups ?? []) {
    if (!anyOf.some((alternative) => takes(at, alternative, campaignZone))) return 'group'
  }
  return null
}

function takes(at: NaiveCase, alternative: Alternative, campaignZone: string): boolean {
  const { input, placement } = at
  return !(
    refuses(alternative.placements, [placement.id]) ||
    refuses(alternative.sites, [placement.siteId]) ||
    refuses(alternative.countries, [input.country]) ||
    refuses(alternative.deviceTypes, [input.deviceType]) ||
    refuses(alternative.operatingSystems, [input.os]) ||
    refuses(alternative.browsers, [input.browser]) ||
    refuses(alternative.languages, [input.language]) ||
    refusesKeywords(alternative, input) ||
    refusesPairs(at, alternative.keyValues) ||
    refusesSegments(alternative, input) ||
    offAir(at, alternative, campaignZone) ||
    furtherObstacle(at, alternative, campaignZone)
  )
}

export function refusesKeywords({ keywords }: Alternative, input: MatchInput): boolean {
  const clean = (words?: readonly string[]) => words?.map((word) => word.toLowerCase().trim())
  return refuses({ include: clean(keywords?.include), exclude: clean(keywords?.exclude) }, input.keywords)
}

export function refusesPairs({ pairs }: NaiveCase, rules: readonly KeyValueRule[] = []): boolean {
  return rules.some(({ key, include = [], exclude = [], includeRanges = [], excludeRanges = [] }) => {
    const values = pairs.get(key) ?? []
    return fails<string | NumberRange>(
      { include: [...include, ...includeRanges], exclude: [...exclude, ...excludeRanges] },
      (item) => values.some((value) => (typeof item === 'string' ? item === value : inRange(value, item)))
    )
  })
}

export function refusesSegments({ segments }: Alternative, input: MatchInput): boolean {
  const belongsTo = new Set(input.segments)
  const { include = [], exclude = [], allOf = [] } = segments ?? {}
  const inOne = (group: readonly string[]) => group.length === 0 || group.some((id) => belongsTo.has(id))
  return ![include, ...allOf].every(inOne) || exclude.some((id) => belongsTo.has(id))
}

function inRange(text: string, { from = -Infinity, to = Infinity }: NumberRange): boolean {
  const plain = /^(-?)([0-9]+)(\.[0-9]+)?$/.exec(text)
  if (!plain || plain[2].length > 15 || (plain[3]?.length ?? 0) > 10) return false
  return from <= Number(text) && Number(text) <= to
}

/** Each part is a digit of a large number, so that versions compare as numbers do. */
function versionIn(family: string | null, version: string | null | undefined) {
  return (range: VersionRange): boolean => {
    if (family !== range.family || !version) return false
    if (!/^\d{1,9}(\.\d{1,9}){0,7}$/.test(version)) return false
    const asNumber = (text: string, parts: number) =>
      Array.from({ length: parts }, (_, at) => BigInt(text.split('.')[at] ?? '0')).reduce(
        (sum, part) => sum * 1_000_000_000n + part,
        0n
      )
    const cut = (bound: string) => asNumber(version, bound.split('.').length)
    const own = (bound: string) => asNumber(bound, bound.split('.').length)
    return !((range.from && cut(range.from) < own(range.from)) || (range.to && cut(range.to) > own(range.to)))
  }
}

/** Segment by segment. */
function inSection(path: string, section: string): boolean {
  if (section.endsWith('/')) return path.slice(0, section.length) === section
  const wanted = section.split('/')
  return path.split('/').slice(0, wanted.length).join('/') === section
}

/** By a table of which prefixes of the pattern stand for which prefixes of the text. */
function stands(pattern: string, text: string): boolean {
  let reached = new Set([0])
  for (const letter of pattern) {
    const next = new Set<number>()
    for (const at of reached) {
      if (letter === '*') for (let to = at; to <= text.length; to++) next.add(to)
      else if (text[at] === letter) next.add(at + 1)
    }
    reached = next
  }
  return reached.has(text.length)
}

function fitsPattern(page: URL, pattern: string): boolean {
  const [host, ...path] = pattern.split('/')
  return stands(host, page.hostname) && stands(`/${path.join('/')}`, page.pathname)
}

/** Word by word. */
function says(input: MatchInput, page: URL | null, phrase: string): boolean {
  const wordsOf = (text: string) =>
    text
      .toLowerCase()
      .normalize('NFC')
      .split(/[^\p{L}\p{M}\p{N}]+/u)
      .filter(Boolean)
  let path = page?.pathname ?? ''
  try {
    path = decodeURIComponent(path)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  const wanted = wordsOf(phrase)
  return [...input.keywords, path].some((text) => {
    const words = wordsOf(text)
    return words.some((_, at) => wanted.every((word, offset) => words[at + offset] === word))
  })
}

/** By the angle between two arrows from the middle of the earth. */
function isNear({ latitude, longitude }: MatchInput, circle: Circle): boolean {
  if (latitude === null || latitude === undefined || longitude === null || longitude === undefined) {
    return false
  }
  const arrow = (north: number, east: number) => {
    const [a, b] = [(north / 180) * Math.PI, (east / 180) * Math.PI]
    return [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)]
  }
  const [x, y, z] = arrow(latitude, longitude)
  const [u, v, w] = arrow(circle.latitude, circle.longitude)
  const across = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u)
  return Math.atan2(across, x * u + y * v + z * w) * 6371.0088 <= circle.km
}

function liesIn(address: string | null | undefined, network: string): boolean {
  if (!address || !ipaddr.isValid(address)) return false
  const one = ipaddr.process(address)
  const [base, prefix] = ipaddr.parseCIDR(network)
  return one.kind() === base.kind() && one.match([base, prefix] as [ipaddr.IPv6, number])
}
