import vine from '@vinejs/vine'
import { ianaZone } from '#modules/kernel/http/rules'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'
import { GRANULARITIES, GROUPS, type DeliveryQuery, type Filter } from '#modules/reporting/contract'

const MAX_LIST_CHARACTERS = 16_000
const ID_LIST = 'one or several ids, separated by commas'
/** Other spellings of the filters, as they are called elsewhere in the API. */
const FILTER_NAMES: Record<Filter, readonly string[]> = {
  campaign: ['campaign', 'campaignId'],
  line_item: ['line_item', 'lineItem', 'lineItemId'],
  placement: ['placement', 'placementId'],
}
const KNOWN = new Set([
  'from',
  'to',
  'zone',
  'granularity',
  'group',
  'format',
  ...Object.values(FILTER_NAMES).flat(),
])

/** A list in a query string: `a,b`, or the parameter several times. */
function list(schema: Record<string, unknown>, expected: string, allowed?: readonly string[]) {
  return parsed<string, string[]>('list', { type: 'string', ...schema }, (value): Reading<string[]> => {
    const parts = Array.isArray(value) ? value : [value]
    if (!parts.every((part) => typeof part === 'string' && part.length <= MAX_LIST_CHARACTERS)) {
      return { expected }
    }
    const words = parts.flatMap((part: string) => part.split(',')).map((word) => word.trim())
    const known = words.every((word) => word !== '' && (!allowed || allowed.includes(word)))
    return known ? { value: words } : { expected }
  })
}

/** A day or an instant; which of the two, and whether it exists, the report itself says. */
function edge() {
  const schema = { type: 'string', examples: ['2026-11-21', '2026-11-21T09:00:00Z'] }
  return parsed<string, string>('time', schema, (value) =>
    typeof value === 'string' && value.length <= 64
      ? // a plus sign that was not percent-encoded arrives as a space
        { value: value.trim().replace(/ (?=\d{2}:\d{2}$)/, '+') }
      : { expected: 'a day such as 2026-11-21 or an RFC 3339 instant' }
  )
}

function choice<const Word extends string>(words: readonly Word[]) {
  return parsed<string, Word>('choice', { type: 'string', enum: words }, (value): Reading<Word> => {
    const known = words.find((word) => word === value)
    return known === undefined ? { expected: `one of ${words.join(', ')}` } : { value: known }
  })
}

const ids = () => list({ description: ID_LIST }, ID_LIST).optional()
const GROUP_LIST = `one or several of ${GROUPS.join(', ')}, separated by commas`

/** Query of `GET /api/v1/reports/delivery`. */
export const deliveryValidator = vine.create({
  from: edge(),
  to: edge(),
  zone: ianaZone().optional(),
  granularity: choice(GRANULARITIES).optional(),
  group: list({ description: GROUP_LIST, examples: ['campaign,line_item'] }, GROUP_LIST, GROUPS).optional(),
  campaign: ids(),
  campaignId: ids(),
  line_item: ids(),
  lineItem: ids(),
  lineItemId: ids(),
  placement: ids(),
  placementId: ids(),
  format: choice(['json', 'csv']).optional(),
})
type Input = Awaited<ReturnType<typeof deliveryValidator.validate>>

/** The query as reporting takes it. */
export function queryOf(input: Input): DeliveryQuery {
  const { from, to, zone, granularity } = input
  const named = (filter: Filter) =>
    FILTER_NAMES[filter]
      .flatMap((name) => (input[name as keyof Input] as string[] | undefined) ?? [])
      .map((id) => id.toLowerCase())
  return {
    from,
    to,
    zone,
    granularity,
    group: (input.group ?? []) as DeliveryQuery['group'],
    filter: { campaign: named('campaign'), line_item: named('line_item'), placement: named('placement') },
  }
}

/** A parameter that means nothing here: a misspelt filter must not widen a report. */
export function unknownParameter(names: readonly string[]): string | undefined {
  return names.find((name) => !KNOWN.has(name))
}
