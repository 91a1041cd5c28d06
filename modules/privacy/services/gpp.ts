import { Bits, isBase64Url } from '#modules/privacy/services/bits'

export const GPP_EU_TCF = 2
export const GPP_US_PRIVACY = 6
const MAX_GPP_CHARS = 16_384
const MAX_SECTIONS = 64
const HEADER_TYPE = 3
const HEADER_VERSION = 1

/**
 * Sections of a Global Privacy Platform string by their id, undecoded; null when the string is malformed.
 * @source IAB Tech Lab, Global Privacy Platform String Format 1.1, Header section and Fibonacci coding
 */
export function readGpp(text: string): ReadonlyMap<number, string> | null {
  if (text.length > MAX_GPP_CHARS) return null
  const [header, ...sections] = text.split('~')
  const ids = sectionIds(header!)
  if (!ids || ids.length !== sections.length) return null
  return new Map(ids.map((id, at) => [id, sections[at]!]))
}

/** Section ids in the order of the sections. The header is padded to whole characters, so its last bits may be missing. */
function sectionIds(header: string): number[] | null {
  if (!isBase64Url(header)) return null
  try {
    const bits = new Bits(`${header}AA`)
    if (bits.int(6) !== HEADER_TYPE || bits.int(6) !== HEADER_VERSION) return null
    const ids: number[] = []
    for (let left = bits.int(12), last = 0; left > 0; left--) {
      const isRange = bits.int(1) === 1
      last += bits.fibonacci()
      const end = isRange ? last + bits.fibonacci() : last
      if (end - last + ids.length >= MAX_SECTIONS) return null
      for (; last < end; last++) ids.push(last)
      ids.push(last)
    }
    return ids
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
