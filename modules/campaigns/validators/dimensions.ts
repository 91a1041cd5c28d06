/** The words that each targeting dimension knows. A reader returns the canonical word, or null when it is none. */
import { DEVICE_TYPES } from '#modules/context/contract'
import { isUuid } from '#modules/kernel/ids'

export type WordReader = (word: string) => string | null
export type Dimension = { readonly read: WordReader; readonly expected: string }

const WORD_LENGTH = 100
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
/** Region codes that have a name and are no country. */
const NO_COUNTRIES = new Set(['EU', 'EZ', 'UN', 'QO', 'ZZ', 'XA', 'XB', 'CQ'])
const COUNTRIES = countries()
const DEVICES: ReadonlySet<string> = new Set(DEVICE_TYPES)

/** Text of one line, NFC and trimmed, 1 to 100 characters. */
export function plainWord(word: string): string | null {
  const text = word.normalize('NFC').trim()
  return text === '' || text.length > WORD_LENGTH || CONTROL.test(text) || !text.isWellFormed() ? null : text
}

/** As `plainWord`, compared without regard to case. */
export function keyword(word: string): string | null {
  return plainWord(word)?.toLowerCase() ?? null
}

const id: WordReader = (word) => (isUuid(word.toLowerCase()) ? word.toLowerCase() : null)
const text = `text of 1 to ${WORD_LENGTH} characters on one line`

/** Segments: a rule with groups besides. */
export const SEGMENT: Dimension = { read: id, expected: 'the id of a segment' }

/** Dimensions that are one rule of words. */
export const DIMENSIONS = {
  countries: { read: country, expected: 'an ISO 3166-1 country code such as DE' },
  deviceTypes: {
    read: (word) => (DEVICES.has(word) ? word : null),
    expected: `one of ${DEVICE_TYPES.join(', ')}`,
  },
  operatingSystems: { read: plainWord, expected: `a family such as Android: ${text}` },
  browsers: { read: plainWord, expected: `a family such as Firefox: ${text}` },
  languages: { read: language, expected: 'a primary language subtag such as de' },
  sites: { read: id, expected: 'the id of a site' },
  placements: { read: id, expected: 'the id of a placement' },
  keywords: { read: keyword, expected: text },
} as const satisfies Record<string, Dimension>
export type DimensionName = keyof typeof DIMENSIONS

export function country(word: string): string | null {
  const code = word.toUpperCase()
  return COUNTRIES.has(code) ? code : null
}

function language(word: string): string | null {
  const code = word.toLowerCase()
  return /^[a-z]{2,3}$/.test(code) ? code : null
}

/**
 * Country codes that ICU names and does not replace by another (UK is GB), plus XK, which is user-assigned for Kosovo
 * and used by geo databases. @source ISO 3166-1 through Unicode CLDR
 */
function countries(): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((first) => letters.map((second) => first + second))
  return new Set(
    codes.filter(
      (code) =>
        !NO_COUNTRIES.has(code) &&
        names.of(code) !== undefined &&
        new Intl.Locale(`und-${code}`).region === code
    )
  )
}
