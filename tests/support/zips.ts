/** Zip archives written by hand, so that a test can also write the ones that no archiver would. */
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipEntry = {
  readonly name: string | Buffer
  readonly data?: Buffer | string
  /** 0 = stored, 8 = deflated (when absent). */
  readonly method?: number
  readonly flags?: number
  /** Unix mode with its type bits; 0 = none. */
  readonly mode?: number
  readonly extra?: Buffer
  /** What the headers say instead of the truth. */
  readonly lie?: { size?: number; packed?: number; crc?: number; localName?: string; at?: number }
  /** Compressed bytes to store as they are; `data` then only gives size and checksum. */
  readonly packed?: Buffer
  /** Written to the directory only; its file is another entry's. */
  readonly directoryOnly?: boolean
}
export type ZipShape = {
  readonly before?: Buffer
  readonly after?: Buffer
  readonly comment?: Buffer
  readonly disk?: number
}

/** Bytes of an archive with these entries in this order. */
export function zip(entries: readonly ZipEntry[], shape: ZipShape = {}): Buffer {
  const files: Buffer[] = [shape.before ?? Buffer.alloc(0)]
  const directory: Buffer[] = []
  let at = files[0]!.length
  for (const entry of entries) {
    const { local, central } = entryBytes(entry, at)
    directory.push(central)
    if (entry.directoryOnly) continue
    files.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const comment = shape.comment ?? Buffer.alloc(0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(shape.disk ?? 0, 4)
  end.writeUInt16LE(shape.disk ?? 0, 6)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...files, central, end, comment, shape.after ?? Buffer.alloc(0)])
}

function entryBytes(entry: ZipEntry, at: number): { local: Buffer; central: Buffer } {
  const { flags = 0, method = 8, mode = 0, extra = Buffer.alloc(0), lie = {} } = entry
  const name = Buffer.from(entry.name as string)
  const data = Buffer.from((entry.data ?? '') as string)
  const packed = entry.packed ?? (method === 8 ? deflateRawSync(data) : data)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(flags, 2)
  common.writeUInt16LE(method, 4)
  common.writeUInt32LE((lie.crc ?? crc32(data)) >>> 0, 10)
  common.writeUInt32LE(lie.packed ?? packed.length, 14)
  common.writeUInt32LE(lie.size ?? data.length, 18)
  common.writeUInt16LE(name.length, 22)
  common.writeUInt16LE(extra.length, 24)
  const localName = lie.localName === undefined ? name : Buffer.from(lie.localName)
  const localCommon = Buffer.from(common)
  localCommon.writeUInt16LE(localName.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), localCommon, localName, extra, packed])
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE((mode << 16) >>> 0, 6)
  tail.writeUInt32LE(lie.at ?? at, 10)
  const made = Buffer.from([20, mode === 0 ? 0 : 3])
  const central = Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, common, tail, name, extra])
  return { local, central }
}

export const ENTRY_PAGE =
  '<!doctype html><html><head><meta name="ad.size" content="width=300,height=250"><title>Ad</title>' +
  '<script>var clickTag = "https://advertiser.example/";</script></head>' +
  '<body><a href="javascript:window.open(window.clickTag)"><img src="img/banner.png" alt=""></a></body></html>'

/** A creative as advertisers send it, with these entries beside its page. */
export const html5 = (...more: readonly ZipEntry[]): Buffer =>
  zip([{ name: 'index.html', data: ENTRY_PAGE }, ...more])
/** A creative whose page has this body. */
export const page = (body: string, head = ''): Buffer =>
  zip([
    {
      name: 'index.html',
      data: ENTRY_PAGE.replace('</head>', `${head}</head>`).replace('<body>', `<body>${body}`),
    },
  ])
