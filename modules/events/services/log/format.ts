import { crc32c } from '#modules/events/services/log/crc32c'
import { readUint32, readUuid, writeUint32, writeUuid } from '#modules/events/services/binary'

/**
 * A segment: a header of 48 bytes, then records one after another. All numbers big-endian.
 *
 *     header   magic "PLOG" · version u16 · header bytes u16 · log id 16 bytes · segment u32 · first record u64
 *              · spare 8 bytes · CRC32C u32 of all before it
 *     record   CRC32C u32 of all that follows · payload bytes u32 · payload
 *
 * A length of zero is no record: it is what a file system shows where nothing was written.
 */
export const LOG_VERSION = 1
export const HEADER_BYTES = 48
export const RECORD_HEAD_BYTES = 8
/** A longer payload is damage: facts have 124 bytes, and later versions of them room to grow. */
export const MAX_PAYLOAD_BYTES = 4_096

const MAGIC = 0x504c_4f47
const AT = {
  magic: 0,
  version: 4,
  size: 6,
  logId: 8,
  segment: 24,
  firstRecord: 28,
  spare: 36,
  crc: 44,
} as const

export type SegmentHeader = { readonly logId: string; readonly segment: number; readonly firstRecord: bigint }
/** `newer_version`: written by a newer build; it must wait for that build's reader, not be thrown away. */
export type HeaderFault = 'bad_header' | 'newer_version'

export function writeHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32BE(MAGIC, AT.magic)
  bytes.writeUInt16BE(LOG_VERSION, AT.version)
  bytes.writeUInt16BE(HEADER_BYTES, AT.size)
  writeUuid(bytes, AT.logId, header.logId, 'logId')
  bytes.writeUInt32BE(header.segment, AT.segment)
  bytes.writeBigUInt64BE(header.firstRecord, AT.firstRecord)
  bytes.writeUInt32BE(crc32c(bytes, 0, AT.crc), AT.crc)
  return bytes
}

/** @param bytes at least `HEADER_BYTES` of any content */
export function readHeader(bytes: Buffer): SegmentHeader | HeaderFault {
  if (bytes.readUInt32BE(AT.magic) !== MAGIC) return 'bad_header'
  if (bytes.readUInt32BE(AT.crc) !== crc32c(bytes, 0, AT.crc)) return 'bad_header'
  if (bytes.readUInt16BE(AT.version) > LOG_VERSION) return 'newer_version'
  return {
    logId: readUuid(bytes, AT.logId),
    segment: bytes.readUInt32BE(AT.segment),
    firstRecord: bytes.readBigUInt64BE(AT.firstRecord),
  }
}

/** Frames the payload that already stands at `at + RECORD_HEAD_BYTES`. */
export function sealRecord(into: Buffer, at: number, payloadBytes: number): void {
  writeUint32(into, at + 4, payloadBytes)
  // The length is under the checksum too: a damaged length must not pass for a shorter record.
  writeUint32(into, at, crc32c(into, at + 4, at + RECORD_HEAD_BYTES + payloadBytes))
}

/** What `checkRecord` says of bytes that are no whole record. */
export const NOTHING_WRITTEN = 0
export const DAMAGED = -1
export const CUT_OFF = -2

/**
 * Looks at the record that starts at `at`.
 * @param end where the known bytes end; a record that reaches beyond is `CUT_OFF`
 * @returns the payload's length when the record is whole, else one of the three words above
 */
export function checkRecord(bytes: Buffer, at: number, end: number): number {
  if (at + RECORD_HEAD_BYTES > end) return CUT_OFF
  const length = readUint32(bytes, at + 4)
  if (length === 0) return NOTHING_WRITTEN
  if (length > MAX_PAYLOAD_BYTES) return DAMAGED
  const recordEnd = at + RECORD_HEAD_BYTES + length
  if (recordEnd > end) return CUT_OFF
  return readUint32(bytes, at) === crc32c(bytes, at + 4, recordEnd) ? length : DAMAGED
}
