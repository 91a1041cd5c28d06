import { promisify } from 'node:util'
import { crc32, inflateRaw, type ZlibOptions } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { entryName, NameBook } from '#modules/campaigns/services/bundles/zip_names'
import { refuse, shown, UploadRefused } from '#modules/campaigns/services/bundles/refusal'

/** Limits of an archive; documented in docs/creatives.md. */
export const MAX_ENTRIES = 300
export const MAX_FILE_BYTES = 8 * 1024 * 1024
export const MAX_TOTAL_BYTES = 20 * 1024 * 1024
/** Inflated ÷ deflated bytes of a file of more than `RATIO_FROM_BYTES`: text seldom gets above 20. */
const MAX_RATIO = 100
const RATIO_FROM_BYTES = 64 * 1024
const END_BYTES = 22
const LOCAL_BYTES = 30
const ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
const DESCRIPTOR_FLAG = 0x8
const ZIP64_FIELD = 0x0001
const UNICODE_PATH_FIELD = 0x7075
const SYSTEM_FILES = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)/

export type ArchiveFile = { readonly name: string; readonly bytes: Buffer }

/**
 * Files of a zip archive in memory; folders, and what macOS and Windows leave behind, are dropped. Everything is decided
 * from the directory before the first byte is inflated. Entries must fill the archive from its first byte to its
 * directory without gap and overlap, so nothing hides in front, between or behind.
 *
 * @throws UploadRefused with a code that starts with `zip`
 */
export async function unzip(upload: Buffer): Promise<ArchiveFile[]> {
  const directoryAt = checkEnvelope(upload)
  const entries = await readDirectory(upload)
  checkSizes(entries)
  const parts = checkTiling(upload, entries, directoryAt)
  const files: ArchiveFile[] = []
  for (const part of parts) {
    if (part.name.endsWith('/') || SYSTEM_FILES.test(part.name)) continue
    files.push({ name: part.name, bytes: await inflated(part, upload) })
  }
  return files
}

/** Where the directory starts. A comment would be a place to hide things in, so the archive ends with its end record. */
function checkEnvelope(upload: Buffer): number {
  if (upload.length < END_BYTES || upload.readUInt32LE(0) !== 0x04034b50) {
    refuse('zip', 'The archive does not start with a file: it is empty, damaged or no zip')
  }
  const end = upload.length - END_BYTES
  if (upload.readUInt32LE(end) !== 0x06054b50 || upload.readUInt16LE(end + 20) !== 0) {
    refuse(
      'zip',
      'The archive does not end with its directory: it is cut off, or has a comment or other data behind'
    )
  }
  const disks = [upload.readUInt16LE(end + 4), upload.readUInt16LE(end + 6)]
  const [here, count] = [upload.readUInt16LE(end + 8), upload.readUInt16LE(end + 10)]
  const [size, offset] = [upload.readUInt32LE(end + 12), upload.readUInt32LE(end + 16)]
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
    refuse('zip64', 'The archive is in the zip64 format; store it as a plain zip')
  }
  if (disks.some((disk) => disk !== 0) || here !== count) {
    refuse('zip_disks', 'The archive is one part of several')
  }
  if (count > MAX_ENTRIES) {
    refuse('zip_entries', `The archive has ${count} entries; at most ${MAX_ENTRIES} are accepted`)
  }
  if (offset + size !== end) {
    refuse('zip', 'The directory of the archive is not where it says, or has data around it')
  }
  return offset
}

type NamedEntry = { readonly entry: Entry; readonly name: string }

async function readDirectory(upload: Buffer): Promise<NamedEntry[]> {
  const names = new NameBook()
  const entries: NamedEntry[] = []
  try {
    const zip: ZipFile = await fromBufferPromise(upload, { lazyEntries: true, decodeStrings: false })
    for await (const entry of zip.eachEntry()) {
      const name = entryName(entry.fileNameRaw)
      checkEntry(entry, name)
      names.add(name)
      entries.push({ entry, name })
    }
  } catch (error) {
    if (error instanceof UploadRefused) throw error
    refuse(
      'zip',
      `The archive cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`
    )
  }
  return entries
}

function checkEntry(entry: Entry, name: string): void {
  const { generalPurposeBitFlag: flags, compressionMethod: method, extraFields } = entry
  if ((flags & ENCRYPTED_FLAGS) !== 0) {
    refuse('zip_encrypted', `${shown(name)} is encrypted; creatives come without a password`)
  }
  if (method !== 0 && method !== 8) {
    refuse('zip_method', `${shown(name)} is compressed in a way that is not accepted; use deflate`)
  }
  if (extraFields.some(({ id }) => id === ZIP64_FIELD)) {
    refuse('zip64', `${shown(name)} is a zip64 entry; store it as a plain zip`)
  }
  if (extraFields.some(({ id }) => id === UNICODE_PATH_FIELD)) {
    refuse('zip_name', `${shown(name)} has a second name in an extra field`)
  }
  const mode = (entry.externalFileAttributes >>> 16) & 0o170000
  const folder = name.endsWith('/')
  if (mode !== 0 && mode !== (folder ? 0o040000 : 0o100000)) {
    refuse(
      'zip_special',
      `${shown(name)} is neither a plain file nor a folder: links and devices are refused`
    )
  }
  if (folder && entry.uncompressedSize > 0) refuse('zip_special', `${shown(name)} is a folder with content`)
}

/** Sizes as the directory states them; what inflates to more than it states is refused later. */
function checkSizes(entries: readonly NamedEntry[]): void {
  let total = 0
  for (const { entry, name } of entries) {
    const { compressedSize, uncompressedSize } = entry
    total += uncompressedSize
    if (uncompressedSize > MAX_FILE_BYTES) {
      const detail = `${shown(name)} has ${uncompressedSize} bytes; at most ${MAX_FILE_BYTES} are accepted`
      refuse('zip_file_size', detail)
    }
    if (uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > compressedSize * MAX_RATIO) {
      refuse('zip_ratio', `${shown(name)} inflates to more than ${MAX_RATIO} times its size`)
    }
  }
  if (total > MAX_TOTAL_BYTES) {
    refuse('zip_total_size', `The archive unpacks to ${total} bytes; at most ${MAX_TOTAL_BYTES} are accepted`)
  }
}

type Part = NamedEntry & { readonly dataAt: number; readonly end: number }

function checkTiling(upload: Buffer, entries: readonly NamedEntry[], directoryAt: number): Part[] {
  const parts = entries.map((one) => partOf(upload, one, directoryAt))
  const inOrder = [...parts].sort(
    (a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader
  )
  let end = 0
  let slack = [0]
  for (const part of inOrder) {
    const gap = part.entry.relativeOffsetOfLocalHeader - end
    if (!slack.includes(gap)) overlapping(part.name, gap)
    end = part.end
    slack = (part.entry.generalPurposeBitFlag & DESCRIPTOR_FLAG) === 0 ? [0] : [12, 16]
  }
  if (!slack.includes(directoryAt - end)) overlapping('the directory', directoryAt - end)
  return parts
}

function overlapping(name: string, gap: number): never {
  if (gap < 0) refuse('zip_overlap', `Entries of the archive overlap at ${shown(name)}`)
  refuse('zip_gap', `The archive has data that belongs to no entry before ${shown(name)}`)
}

/** Bounds of an entry; its local header must say what the directory says, or two readers would see two archives. */
function partOf(upload: Buffer, { entry, name }: NamedEntry, directoryAt: number): Part {
  const at = entry.relativeOffsetOfLocalHeader
  if (at + LOCAL_BYTES > directoryAt || upload.readUInt32LE(at) !== 0x04034b50) {
    refuse('zip', `The archive has no file where its directory puts ${shown(name)}`)
  }
  const nameEnd = at + LOCAL_BYTES + upload.readUInt16LE(at + 26)
  const dataAt = nameEnd + upload.readUInt16LE(at + 28)
  const end = dataAt + entry.compressedSize
  if (end > directoryAt) refuse('zip_overlap', `${shown(name)} reaches into the directory of the archive`)
  const sameName = upload.subarray(at + LOCAL_BYTES, nameEnd).equals(entry.fileNameRaw)
  const sameMethod = upload.readUInt16LE(at + 8) === entry.compressionMethod
  const flags = upload.readUInt16LE(at + 6)
  const open = (flags & DESCRIPTOR_FLAG) !== 0 && upload.readUInt32LE(at + 18) === 0
  const sameSize = open || upload.readUInt32LE(at + 18) === entry.compressedSize
  if (!sameName || !sameMethod || !sameSize || flags !== entry.generalPurposeBitFlag) {
    refuse('zip_mismatch', `The archive says two different things of ${shown(name)}`)
  }
  return { entry, name, dataAt, end }
}

type Inflated = { buffer: Buffer; engine: { bytesWritten: number } }
const inflate = promisify(
  inflateRaw as unknown as (
    data: Buffer,
    options: ZlibOptions & { info: true },
    done: (error: Error | null, result: Inflated) => void
  ) => void
)

async function inflated({ entry, name, dataAt, end }: Part, upload: Buffer): Promise<Buffer> {
  const data = upload.subarray(dataAt, end)
  const bytes = entry.compressionMethod === 0 ? Buffer.from(data) : await inflateExactly(data, entry, name)
  if (bytes.length !== entry.uncompressedSize) {
    refuse(
      'zip_mismatch',
      `${shown(name)} has ${bytes.length} bytes, not the ${entry.uncompressedSize} it states`
    )
  }
  if (crc32(bytes) !== entry.crc32) refuse('zip_mismatch', `The checksum of ${shown(name)} is wrong`)
  return bytes
}

/** Stops as soon as there is more than the entry states; bytes behind the end of the stream are refused too. */
async function inflateExactly(data: Buffer, entry: Entry, name: string): Promise<Buffer> {
  let result: Inflated
  try {
    result = await inflate(data, { info: true, maxOutputLength: Math.max(1, entry.uncompressedSize) })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      refuse('zip_mismatch', `${shown(name)} inflates to more than it states`)
    }
    refuse('zip', `${shown(name)} cannot be inflated: ${code ?? 'damaged'}`)
  }
  if (result.engine.bytesWritten !== data.length) {
    refuse('zip_gap', `${shown(name)} has data behind its compressed content`)
  }
  return result.buffer
}
