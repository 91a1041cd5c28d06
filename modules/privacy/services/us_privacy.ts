export type UsPrivacyReading = 'opted_out' | 'not_opted_out' | 'malformed'

/**
 * Whether a US Privacy String says that its person opted out of the sale of data. `1---`: the law does not apply.
 * Letters are capitals; anything else is malformed.
 * @source IAB Tech Lab, U.S. Privacy String v1.0
 */
export function readUsPrivacy(text: string): UsPrivacyReading {
  if (!/^1[YN-]{3}$/.test(text)) return 'malformed'
  return text[2] === 'Y' ? 'opted_out' : 'not_opted_out'
}
