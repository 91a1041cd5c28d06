import type { Readable } from 'node:stream'
import type { Disk } from '@adonisjs/drive'
import { IMAGE_TYPES, type EncodedImage } from '#modules/campaigns/services/images'

const HASH = /^[0-9a-f]{64}$/
const FILE = /^\d{1,4}x\d{1,4}\.(png|jpg|webp|gif)$/

export type Asset = { readonly bytes: number; readonly mediaType: string; open(): Promise<Readable> }

/** Images by their hash on the `creatives` disk of Drive. What is stored never changes. */
export default class AssetStore {
  constructor(private disk: Disk) {}

  /** Writes an image once. A file of another length is what a crash left behind, and is written again. */
  async keep({ hash, file, bytes, mediaType }: EncodedImage): Promise<void> {
    const key = `${hash}/${file}`
    if ((await this.length(key)) === bytes.length) return
    await this.disk.put(key, bytes, { contentType: mediaType })
  }

  /** An asset by its address; null when there is none. Anything may be asked. */
  async find(hash: string, file: string): Promise<Asset | null> {
    const extension = FILE.exec(file)?.[1]
    if (!HASH.test(hash) || extension === undefined) return null
    const key = `${hash}/${file}`
    const bytes = await this.length(key)
    if (bytes === null) return null
    return { bytes, mediaType: IMAGE_TYPES[extension]!, open: () => this.disk.getStream(key) }
  }

  private async length(key: string): Promise<number | null> {
    return (await this.disk.exists(key)) ? (await this.disk.getMetaData(key)).contentLength : null
  }
}
