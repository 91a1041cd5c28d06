import type { Rule, Targeting } from '#modules/campaigns/contract'

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MOST_NAMED = 6

function list(values: readonly string[], label: (value: string) => string): string {
  const shown = values.slice(0, MOST_NAMED).map(label)
  const more = values.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}

function rule(
  words: { in: string; notIn: string },
  given: Rule | undefined,
  label: (value: string) => string = (value) => value
): string[] {
  const parts: string[] = []
  if (given?.include?.length) parts.push(`${words.in} ${list(given.include, label)}`)
  if (given?.exclude?.length) parts.push(`${words.notIn} ${list(given.exclude, label)}`)
  return parts
}

/**
 * What a targeting means, in one English sentence. Empty targeting: `everyone`.
 * @param names  names of sites and placements by id; an id without a name is shown as it is
 */
export function describeTargeting(targeting: Targeting, names: ReadonlyMap<string, string>): string {
  const countries = new Intl.DisplayNames('en', { type: 'region' })
  const languages = new Intl.DisplayNames('en', { type: 'language' })
  const named = (id: string) => names.get(id) ?? id
  const parts = [
    ...rule({ in: 'in', notIn: 'not in' }, targeting.countries, (code) => countries.of(code) ?? code),
    ...rule({ in: 'on a', notIn: 'not on a' }, targeting.deviceTypes),
    ...rule({ in: 'with', notIn: 'without' }, targeting.operatingSystems),
    ...rule({ in: 'in the browser', notIn: 'not in the browser' }, targeting.browsers),
    ...rule(
      { in: 'reading', notIn: 'not reading' },
      targeting.languages,
      (code) => languages.of(code) ?? code
    ),
    ...rule({ in: 'on the site', notIn: 'not on the site' }, targeting.sites, named),
    ...rule({ in: 'in the placement', notIn: 'not in the placement' }, targeting.placements, named),
    ...rule({ in: 'on pages about', notIn: 'not on pages about' }, targeting.keywords),
    ...(targeting.keyValues ?? []).flatMap((pair) =>
      rule({ in: `where ${pair.key} is`, notIn: `where ${pair.key} is not` }, pair)
    ),
  ]
  parts.push(...rule({ in: 'in the segment', notIn: 'not in the segment' }, targeting.segments, named))
  for (const group of targeting.segments?.allOf ?? []) parts.push(`in the segment ${list(group, named)}`)
  const parted = (targeting.dayparts ?? []).map(
    ({ days, fromHour, toHour }) => `${days.map((day) => DAYS[day]).join(', ')} ${fromHour}:00–${toHour}:00`
  )
  if (parted.length > 0) parts.push(`at ${parted.join(' or ')}`)
  return parts.length === 0 ? 'everyone' : `people ${parts.join(', ')}`
}
