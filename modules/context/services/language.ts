/** Browsers send some 100 characters; what follows is not read. */
export const MAX_LANGUAGE_CHARS = 512
const RANGE = /^([a-z]{2,3})(?:-[a-z0-9]{1,8})*$/
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The language that a reader prefers: primary subtag of the range with the highest weight in Accept-Language, the
 * first among equals. `*` and ranges of weight 0 name no language; malformed ranges are passed over.
 *
 * @param header such as `de-CH, en;q=0.8`; absent is undefined
 * @returns lower case, `de`; null when no language is named
 * @source RFC 9110 §12.5.4, weights §12.4.2; ranges RFC 4647 §2.1
 */
export function preferredLanguage(header: string | undefined): string | null {
  if (!header) return null
  let best: string | null = null
  let bestWeight = 0
  for (const element of header.slice(0, MAX_LANGUAGE_CHARS).toLowerCase().split(',')) {
    const [range, ...parameters] = element.split(';').map((part) => part.trim())
    const language = RANGE.exec(range!)?.[1]
    const weight = weightOf(parameters)
    if (!language || weight <= bestWeight) continue
    best = language
    bestWeight = weight
  }
  return best
}

/** 1 when none is given, 0 when it is malformed. */
function weightOf(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1
  return parameters.length === 1 ? Number(WEIGHT.exec(parameters[0]!.replaceAll(' ', ''))?.[1] ?? 0) : 0
}
