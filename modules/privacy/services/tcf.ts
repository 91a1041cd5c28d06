import { TCString } from '@iabtechlabtcf/core'
import { BoundedCache } from '#modules/kernel/bounded_cache'
import { Bits, isBase64Url } from '#modules/privacy/services/bits'

/** Longest string that is looked at; the longest of real ones seen has 1,817 characters. */
export const MAX_TCF_CHARS = 16_384
/** Longer strings are decoded each time, so that strangers cannot fill the memory: 8 MB at most. */
const MAX_KEPT_CHARS = 4_096
const KEPT_STRINGS = 2_000
/** Vendors that the ranges of one string may name; the vendor list has some 1,000. A short string can name millions. */
const MAX_NAMED_VENDORS = 100_000

export type TcfReading =
  | { readonly kind: 'valid'; readonly purposes: ReadonlySet<number> }
  | { readonly kind: 'v1' }
  | { readonly kind: 'malformed' }

const MALFORMED: TcfReading = { kind: 'malformed' }
const kept = new BoundedCache<TcfReading>(KEPT_STRINGS)

/**
 * What a Transparency and Consent String says about purposes. Pure; answers of strings seen lately are kept.
 *
 * The core segment is decoded whole; of the others (disclosed vendors, publisher's own purposes) only the form is
 * checked, as nothing here acts on them. `purposes` holds those with consent; a legitimate interest is none.
 * @source IAB Tech Lab, Consent string and vendor list formats v2.2, The core string
 */
export function readTcf(text: string): TcfReading {
  if (text.length > MAX_TCF_CHARS) return MALFORMED
  const known = kept.get(text)
  if (known) return known
  const reading = decode(text)
  if (text.length <= MAX_KEPT_CHARS) kept.set(text, reading)
  return reading
}

function decode(text: string): TcfReading {
  const [core, ...others] = text.split('.')
  if (!core || !isBase64Url(core) || !others.every(isSegment)) return MALFORMED
  const version = core.charCodeAt(0) - 65
  if (version === 1) return { kind: 'v1' }
  if (version !== 2) return MALFORMED
  try {
    if (namedVendors(core) > MAX_NAMED_VENDORS) return MALFORMED
    return { kind: 'valid', purposes: new Set(TCString.decode(core).purposeConsents.values()) }
  } catch {
    return MALFORMED // the decoder throws on every kind of bad string; which kind makes no difference to consent
  }
}

/** Segment types 1 to 3 in the first three bits. */
const isSegment = (segment: string) => isBase64Url(segment) && /^[I-Za-f]/.test(segment)

/** Bits before the vendors: version to the publisher's country. */
const HEAD_BITS = 213

/** How many vendor ids the ranges of a core segment stand for; counted without naming them. */
function namedVendors(core: string): number {
  const bits = new Bits(core)
  bits.skip(HEAD_BITS)
  let named = vendorSection(bits) + vendorSection(bits)
  for (let left = bits.int(12); left > 0; left--) {
    bits.skip(8)
    named += ranges(bits)
  }
  return named
}

function vendorSection(bits: Bits): number {
  const highest = bits.int(16)
  if (bits.int(1) === 1) return ranges(bits)
  bits.skip(highest)
  return highest
}

function ranges(bits: Bits): number {
  let named = 0
  for (let left = bits.int(12); left > 0; left--) {
    const isRange = bits.int(1) === 1
    const first = bits.int(16)
    named += isRange ? Math.max(0, bits.int(16) - first) + 1 : 1
  }
  return named
}
