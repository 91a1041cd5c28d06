/** Parameters that every list takes. */
import { parsed } from '#modules/kernel/http/parsed_type'

export const PAGE_DEFAULT = 50
export const PAGE_LARGEST = 200
export const CURSOR_LENGTH = 4096
export const SEARCH_LENGTH = 200

/** A whole number in a query string, where everything is text. */
export function queryWholeNumber(least: number, most: number, schema: Record<string, unknown> = {}) {
  return parsed<string, number>(
    'whole_number',
    { type: 'integer', minimum: least, maximum: most, ...schema },
    (value) => {
      const number =
        typeof value === 'string' && /^\d{1,15}$/.test(value)
          ? Number(value)
          : typeof value === 'number'
            ? value
            : Number.NaN
      if (!Number.isInteger(number) || number < least || number > most) {
        return { expected: `a whole number from ${least} to ${most}` }
      }
      return { value: number }
    }
  )
}

export const pageLimit = () => queryWholeNumber(1, PAGE_LARGEST, { default: PAGE_DEFAULT })

export function cursorText() {
  return parsed<string, string>('cursor', { type: 'string', maxLength: CURSOR_LENGTH }, (value) =>
    typeof value === 'string' && /^[A-Za-z0-9_.-]{1,4096}$/.test(value)
      ? { value }
      : { expected: 'a nextCursor of this list with the same sort' }
  )
}

/** What `q` may be; longer searches and control characters are refused. */
export function searchText() {
  return parsed<string, string>('search', { type: 'string', maxLength: SEARCH_LENGTH }, (value) => {
    if (typeof value !== 'string' || value.length > SEARCH_LENGTH || /[\u0000-\u001f]/.test(value)) {
      return { expected: `text of at most ${SEARCH_LENGTH} characters without control characters` }
    }
    return { value: value.normalize('NFC').trim() }
  })
}

/** One of the sort fields, with `-` for descending. */
export function sortOrder(fields: readonly string[], byDefault: string) {
  const choices = fields.flatMap((field) => [field, `-${field}`])
  return parsed<string, string>('sort', { type: 'string', enum: choices, default: byDefault }, (value) =>
    typeof value === 'string' && choices.includes(value)
      ? { value }
      : { expected: `one of ${choices.join(', ')}` }
  )
}
