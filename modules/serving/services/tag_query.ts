import type { Size } from '#modules/inventory/contract'
import type { ConsentSignals } from '#modules/privacy/contract'
import * as limits from '#modules/serving/limits'
import { isSide, keywordOf } from '#modules/serving/services/field_reader'

export type TagQuery = {
  /** `sizes`, else `w` and `h`; null when neither says anything sensible. */
  readonly sizes: readonly Size[] | null
  /** `kw`, between commas. */
  readonly keywords: readonly string[]
  readonly consent: ConsentSignals
}

/**
 * Reads the query of a tag. A tag stands in a page that its author cannot watch, so what cannot be read is left out
 * instead of refused; a consent string is passed on as it is, and the gate treats a broken one as a refusal.
 */
export function readTagQuery(query: string): TagQuery {
  const fields = new URLSearchParams(query)
  return {
    sizes: sizesOf(fields),
    keywords: keywordsOf(fields.get('kw') ?? ''),
    consent: consentOf(fields),
  }
}

/** `sizes=300x250,320x50` goes before `w` and `h`. */
function sizesOf(fields: URLSearchParams): Size[] | null {
  const listed = (fields.get('sizes') ?? '')
    .split(',', limits.MAX_SIZES)
    .map((text) => text.trim().split('x', 3))
  const pairs = [...listed, [fields.get('w') ?? '', fields.get('h') ?? '']].map((sides) => sides.map(Number))
  const [first, ...rest] = pairs
    .filter(([width, height, more]) => isSide(width) && isSide(height) && more === undefined)
    .map(([width, height]) => ({ width: width!, height: height! }))
  if (first === undefined) return null
  return fields.has('sizes') ? [first, ...rest] : [first]
}

function keywordsOf(text: string): string[] {
  return usableKeywords(text.slice(0, limits.MAX_KEYWORDS * (limits.MAX_KEYWORD_CHARS + 1)).split(','))
}

/** Words as targeting compares them, without empties, repeats and those that are too long. */
export function usableKeywords(texts: readonly string[]): string[] {
  const words = texts
    .slice(0, limits.MAX_KEYWORDS)
    .map(keywordOf)
    .filter((word) => word !== '' && word.length <= limits.MAX_KEYWORD_CHARS)
  return [...new Set(words)].slice(0, limits.MAX_KEYWORDS)
}

/** @source IAB TCF URL parameters `gdpr`, `gdpr_consent`; GPP `gpp`, `gpp_sid`; US Privacy `us_privacy` */
export function consentOf(fields: URLSearchParams): ConsentSignals {
  const text = (name: string) => fields.get(name)?.slice(0, limits.MAX_CONSENT_CHARS) || undefined
  const gdpr = fields.get('gdpr')
  const sections = (fields.get('gpp_sid') ?? '')
    .split(/[,_]/, limits.MAX_GPP_SECTIONS)
    .filter((section) => /^-?\d{1,4}$/.test(section))
    .map(Number)
  return {
    gdpr: gdpr === '1' ? true : gdpr === '0' ? false : undefined,
    tcf: text('gdpr_consent'),
    gpp: text('gpp'),
    gppSid: sections.length > 0 ? sections : undefined,
    usPrivacy: text('us_privacy'),
  }
}
