import { invalid } from '#modules/kernel/http/failures'
import { allInvalid, type FieldFault } from '#modules/kernel/records/refusals'
import type { CreativeContent } from '#modules/campaigns/contract'
import type Creative from '#modules/campaigns/models/creative'
import type { CreativeInput } from '#modules/campaigns/validators/inputs'

/** Fields of the API by their name in `CreativeContent`. */
const WORDS = { title: 'title', body: 'body', cta: 'callToAction', sponsored: 'sponsoredBy' } as const
type Word = keyof typeof WORDS

/** The words of a creative as the API answers them; null where there are none. */
export function readContent({ content }: Pick<Creative, 'content'>) {
  return {
    title: content?.title ?? null,
    body: content?.body ?? null,
    callToAction: content?.cta ?? null,
    sponsoredBy: content?.sponsored ?? null,
  }
}

/**
 * Sets what a creative of its type is made of, markup or words, and its sides; uploads bring their own. 422 for what is
 * lacking, and for what another type would need.
 */
export function setContent(row: Creative, input: Partial<CreativeInput>): void {
  refuseForeign(row, input)
  if (input.clickDomains !== undefined) {
    const domains = [...new Set(input.clickDomains ?? [])]
    row.merge({ clickDomains: domains.length === 0 ? null : domains })
  }
  if (row.type === 'image' || row.type === 'html5') return
  const [width, height] = [input.width ?? row.width, input.height ?? row.height]
  if (row.type === 'third_party') {
    const markup = input.markup === undefined ? row.markup : input.markup
    needed(row.type, { markup, width, height })
    row.merge({ markup, width, height })
    return
  }
  const content = contentOf(row.content, input)
  needed(row.type, { title: content.title, width, height })
  row.merge({ content: content as CreativeContent, width, height })
}

function refuseForeign(row: Creative, input: Partial<CreativeInput>): void {
  if (row.type !== 'third_party') {
    if (input.markup) {
      throw invalid('markup', 'type', `The markup field must be absent for a creative of type ${row.type}`)
    }
    if (input.clickDomains?.length) {
      throw invalid(
        'clickDomains',
        'type',
        `The clickDomains field is for third-party markup, not for ${row.type}`
      )
    }
  }
  if (row.type === 'text') return
  for (const field of Object.values(WORDS)) {
    if (input[field]) {
      throw invalid(field, 'type', `The ${field} field must be absent for a creative of type ${row.type}`)
    }
  }
}

function contentOf(before: CreativeContent | null, input: Partial<CreativeInput>): Partial<CreativeContent> {
  const words: Partial<Record<Word, string>> = {}
  for (const word of Object.keys(WORDS) as Word[]) {
    const said = input[WORDS[word]]
    const value = said === undefined ? before?.[word] : said?.trim()
    if (value) words[word] = value
  }
  return words
}

function needed(type: string, given: Record<string, unknown>): void {
  const lacking = Object.entries(given).filter(([, value]) => value === null || value === undefined)
  if (lacking.length > 0) throw allInvalid(lacking.map(([field]) => required(field, type)))
}

function required(field: string, type: string): FieldFault {
  const what = type === 'third_party' ? 'third-party markup' : 'a text creative'
  return { field, code: 'required', detail: `The ${field} field of ${what} must be given` }
}
