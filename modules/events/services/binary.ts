/** Bytes of the token and of the log, written one by one: no view objects, no strings in between. */

const NIBBLE = new Int8Array(128).fill(-1)
for (let digit = 0; digit < 16; digit++) NIBBLE['0123456789abcdef'.charCodeAt(digit)] = digit
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const TWO_32 = 0x1_0000_0000
/** Where the sixteen pairs of digits stand in a uuid's text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const

/**
 * Writes the 16 bytes of a canonical lower-case uuid.
 * @throws RangeError naming `field` when the text is not one
 */
export function writeUuid(into: Uint8Array, at: number, uuid: string, field: string): void {
  if (uuid.length !== 36 || uuid[8] !== '-' || uuid[13] !== '-' || uuid[18] !== '-' || uuid[23] !== '-') {
    throw new RangeError(`${field} is not a uuid`)
  }
  for (let index = 0; index < 16; index++) {
    const pair = PAIRS[index]!
    const byte = (nibble(uuid.charCodeAt(pair)) << 4) | nibble(uuid.charCodeAt(pair + 1))
    if (byte < 0) throw new RangeError(`${field} is not a uuid`)
    into[at + index] = byte
  }
}

function nibble(code: number): number {
  return code < 128 ? NIBBLE[code]! : -1
}

/** Canonical text of the 16 bytes at `at`. */
export function readUuid(from: Uint8Array, at: number): string {
  let text = ''
  for (let index = 0; index < 16; index++) {
    text += HEX[from[at + index]!]!
    if (index === 3 || index === 5 || index === 7 || index === 9) text += '-'
  }
  return text
}

/** Milliseconds since 1970 in the first 48 bits at `at`: receipt times and version 7 ids have the same shape. */
export function readUint48(from: Uint8Array, at: number): number {
  const high = (from[at]! << 8) | from[at + 1]!
  return high * TWO_32 + readUint32(from, at + 2)
}

/** @throws RangeError naming `field` unless `value` is a whole number from 0 to 2^48 - 1 */
export function writeUint48(into: Uint8Array, at: number, value: number, field: string): void {
  if (!Number.isInteger(value) || value < 0 || value >= TWO_32 * 0x1_0000) {
    throw new RangeError(`${field} is out of range`)
  }
  const high = Math.floor(value / TWO_32)
  into[at] = high >>> 8
  into[at + 1] = high
  writeUint32(into, at + 2, value % TWO_32)
}

export function readUint32(from: Uint8Array, at: number): number {
  return ((from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!) >>> 0
}

export function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}

/** A price: eight bytes for a whole number below 2^53; NaN when the bytes say more. */
export function readPrice(from: Uint8Array, at: number): number {
  const high = readUint32(from, at)
  return high < 0x20_0000 ? high * TWO_32 + readUint32(from, at + 4) : Number.NaN
}

/** @throws RangeError unless `price` is a whole number from 0 to 2^53 - 1 */
export function writePrice(into: Uint8Array, at: number, price: number): void {
  if (!Number.isSafeInteger(price) || price < 0) {
    throw new RangeError('price is not a whole number below 2^53')
  }
  writeUint32(into, at, Math.floor(price / TWO_32))
  writeUint32(into, at + 4, price % TWO_32)
}

/** @throws RangeError naming `field` unless `text` is `length` capital letters */
export function writeLetters(
  into: Uint8Array,
  at: number,
  text: string,
  length: number,
  field: string
): void {
  if (text.length !== length) throw new RangeError(`${field} is not ${length} capital letters`)
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code < 65 || code > 90) throw new RangeError(`${field} is not ${length} capital letters`)
    into[at + index] = code
  }
}

/** True when `length` capital letters stand at `at`. */
export function hasLetters(from: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) if (from[index]! < 65 || from[index]! > 90) return false
  return true
}

export function readLetters(from: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let index = at; index < at + length; index++) text += String.fromCharCode(from[index]!)
  return text
}

/** @throws RangeError naming `field` unless `value` is a whole number from 0 to `most` */
export function checkUint(value: number, most: number, field: string): number {
  if (!Number.isInteger(value) || value < 0 || value > most) throw new RangeError(`${field} is out of range`)
  return value
}
