/** Castagnoli polynomial, bit-reversed. */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8
const tables = new Int32Array(SLICES * 256)

for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  tables[byte] = crc
}
for (let slice = 1; slice < SLICES; slice++) {
  for (let byte = 0; byte < 256; byte++) {
    const before = tables[(slice - 1) * 256 + byte]!
    tables[slice * 256 + byte] = (before >>> 8) ^ tables[before & 0xff]!
  }
}

/**
 * CRC32C of `bytes[start, end)`, eight bytes a step. `zlib.crc32` has another polynomial, one that misses more of
 * the errors that disks make; storage formats use this one.
 *
 * @returns an unsigned 32-bit number; 0 for an empty range
 * @source RFC 3720 §12.1 and its test vectors in appendix B.4
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1
  let at = start
  for (const last = end - 7; at < last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      tables[0x700 | (crc & 0xff)]! ^
      tables[0x600 | ((crc >>> 8) & 0xff)]! ^
      tables[0x500 | ((crc >>> 16) & 0xff)]! ^
      tables[0x400 | (crc >>> 24)]! ^
      tables[0x300 | bytes[at + 4]!]! ^
      tables[0x200 | bytes[at + 5]!]! ^
      tables[0x100 | bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}
