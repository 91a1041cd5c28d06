import type { Readable } from 'node:stream'
import type { Disk } from '@adonisjs/drive'
import type { Bundle } from '#modules/campaigns/services/bundles/bundle'
import { BUNDLE_TYPES, extensionOf } from '#modules/campaigns/services/bundles/file_types'
import { isBundleName } from '#modules/campaigns/services/bundles/zip_names'
import { IMAGE_TYPES, type EncodedImage } from '#modules/campaigns/services/images'

const HASH = /^[0-9a-f]{64}$/
const FILE = /^\d{1,4}x\d{1,4}\.(png|jpg|webp|gif)$/
/** Files of HTML5 creatives lie apart from images, so neither is ever answered for the other. */
const BUNDLES = 'html5'

export type Asset = {
  readonly bytes: number
  readonly mediaType: string
  /** Whether it belongs to an HTML5 creative, which has scripts. */
  readonly bundled: boolean
  open(): Promise<Readable>
  read(): Promise<string>
}

/** Images and HTML5 creatives by their hash on the `creatives` disk of Drive. What is stored never changes. */
export default class AssetStore {
  constructor(private disk: Disk) {}

  /** Writes an image once. A file of another length is what a crash left behind, and is written again. */
  async keep({ hash, file, bytes, mediaType }: EncodedImage): Promise<void> {
    await this.put(`${hash}/${file}`, bytes, mediaType)
  }

  /** Writes the files of a bundle once, the entry page last. */
  async keepBundle({ hash, files }: Bundle): Promise<void> {
    for (const { name, bytes } of files) {
      await this.put(bundleKey(hash, name), bytes, BUNDLE_TYPES[extensionOf(name)]!)
    }
  }

  /** An asset by its address; null when there is none. Anything may be asked. */
  async find(hash: string, file: string): Promise<Asset | null> {
    if (!HASH.test(hash)) return null
    const extension = FILE.exec(file)?.[1]
    const image =
      extension === undefined ? null : await this.asset(`${hash}/${file}`, IMAGE_TYPES[extension]!, false)
    if (image) return image
    const mediaType = BUNDLE_TYPES[extensionOf(file)]
    if (mediaType === undefined || !isBundleName(file)) return null
    return this.asset(bundleKey(hash, file), mediaType, true)
  }

  private async asset(key: string, mediaType: string, bundled: boolean): Promise<Asset | null> {
    const bytes = await this.length(key)
    if (bytes === null) return null
    const [open, read] = [() => this.disk.getStream(key), () => this.disk.get(key)]
    return { bytes, mediaType, bundled, open, read }
  }

  private async put(key: string, bytes: Buffer, contentType: string): Promise<void> {
    if ((await this.length(key)) !== bytes.length) await this.disk.put(key, bytes, { contentType })
  }

  private async length(key: string): Promise<number | null> {
    return (await this.disk.exists(key)) ? (await this.disk.getMetaData(key)).contentLength : null
  }
}

/** Storage takes fewer characters than names may have; the others are written as `!` and two hex digits. */
function bundleKey(hash: string, name: string): string {
  const safe = name.replace(
    /[^A-Za-z0-9._/-]/g,
    (one) => `!${one.charCodeAt(0).toString(16).padStart(2, '0')}`
  )
  return `${BUNDLES}/${hash}/${safe}`
}
