import type { FileHandle } from 'node:fs/promises'
import {
  CUT_OFF,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  RECORD_HEAD_BYTES,
  checkRecord,
  readHeader,
} from '#modules/events/services/log/format'

const CHUNK_BYTES = 1_048_576 // 8,000 facts a read
const MAX_RECORD_BYTES = RECORD_HEAD_BYTES + MAX_PAYLOAD_BYTES
/** What is kept of damaged bytes. */
export const POISON_BYTES = 65_536

/** One whole record: where it starts, and its payload as a slice of the read buffer. */
export type FoundRecord = { readonly offset: number; readonly payload: Buffer }
/** Bytes that are no record though good ones follow, or though the segment was closed after them. */
export type Damage = {
  readonly offset: number
  readonly reason: 'bad_header' | 'bad_checksum'
  readonly bytes: Buffer
}

/** Walks one segment from an offset. Keeps no file open of its own; `offset` is where the next walk goes on. */
export class SegmentScan {
  /** Why the segment cannot be read by this build at all. */
  blockedBy: 'newer_version' | null = null
  /** Nothing whole is left between `offset` and the end of the file. */
  isAtEnd = false
  private chunk: Buffer = Buffer.alloc(0)
  private chunkAt = 0
  private header: Damage | null = null

  private constructor(
    private readonly file: FileHandle,
    public offset: number,
    private size: number,
    private readonly mayGrow: boolean,
    private readonly isLast: boolean
  ) {}

  /**
   * @param offset  0, or where an earlier scan of this segment stopped
   * @param mayGrow its writer may live: what is cut off at the end is left for later
   * @param isLast  no segment follows: what is cut off at the end was never acknowledged
   */
  static async start(
    file: FileHandle,
    offset: number,
    mayGrow: boolean,
    isLast: boolean
  ): Promise<SegmentScan> {
    const { size } = await file.stat()
    const scan = new SegmentScan(file, offset, size, mayGrow, isLast)
    if (offset === 0) await scan.passHeader()
    return scan
  }

  /** The next record or damage; null when nothing whole is left for now. */
  async next(): Promise<FoundRecord | Damage | null> {
    if (this.header !== null) {
      const damage = this.header
      this.header = null
      return damage
    }
    if (this.isAtEnd) return null
    let length = this.check()
    if (length === CUT_OFF && this.chunkEnd < this.size) {
      await this.load(this.offset)
      length = this.check()
    }
    return length > 0 ? this.record(length) : this.pastDamage()
  }

  private get chunkEnd(): number {
    return this.chunkAt + this.chunk.length
  }

  private check(): number {
    return checkRecord(this.chunk, this.offset - this.chunkAt, this.chunk.length)
  }

  private record(length: number): FoundRecord {
    const { offset } = this
    const at = offset - this.chunkAt + RECORD_HEAD_BYTES
    this.offset += RECORD_HEAD_BYTES + length
    return { offset, payload: this.chunk.subarray(at, at + length) }
  }

  private async passHeader(): Promise<void> {
    await this.load(0)
    if (this.chunk.length < HEADER_BYTES) {
      this.isAtEnd = true // the writer ends a header before it syncs a record, so nothing was promised here
      return
    }
    const header = readHeader(this.chunk)
    if (header === 'newer_version') this.blockedBy = header
    if (header === 'bad_header') {
      this.header = { offset: 0, reason: header, bytes: Buffer.from(this.chunk.subarray(0, HEADER_BYTES)) }
    }
    this.offset = HEADER_BYTES
  }

  /** Stands before bytes that are no whole record: the end, or damage with something behind it. */
  private async pastDamage(): Promise<FoundRecord | Damage | null> {
    if (this.mayGrow) {
      // The writer may have been in the middle of these bytes when they were read: look once more.
      await this.load(this.offset)
      const length = this.check()
      if (length > 0) return this.record(length)
    }
    const from = this.offset
    const next = await this.nextWhole(from + 1)
    if (next === null) {
      this.isAtEnd = true
      if (this.mayGrow || this.isLast || (await this.isBlank(from))) return null
    }
    this.offset = next ?? this.size
    const bytes = await this.read(from, Math.min(this.offset - from, POISON_BYTES))
    return { offset: from, reason: 'bad_checksum', bytes }
  }

  /** Offset of the first whole record at or after `from`; null when there is none. */
  private async nextWhole(from: number): Promise<number | null> {
    for (let start = from; start < this.size; start += CHUNK_BYTES) {
      const bytes = await this.read(start, CHUNK_BYTES + MAX_RECORD_BYTES)
      const last = Math.min(CHUNK_BYTES, bytes.length)
      for (let at = 0; at < last; at++) if (checkRecord(bytes, at, bytes.length) > 0) return start + at
    }
    return null
  }

  /** True when nothing but zeros follows: room that was never written. */
  private async isBlank(from: number): Promise<boolean> {
    for (let at = from; at < this.size; at += CHUNK_BYTES) {
      if ((await this.read(at, CHUNK_BYTES)).some((byte) => byte !== 0)) return false
    }
    return true
  }

  private async load(from: number): Promise<void> {
    this.chunk = await this.read(from, CHUNK_BYTES)
    this.chunkAt = from
    // Cut back by its writer since we asked for the size.
    if (this.chunk.length < Math.min(CHUNK_BYTES, this.size - from)) this.size = from + this.chunk.length
  }

  /** Up to `bytes` from `from`, fewer at the end of the file. */
  private async read(from: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, this.size - from)))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.file.read(buffer, filled, buffer.length - filled, from + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
}
