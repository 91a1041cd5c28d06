import { createHash } from 'node:crypto'
import { err, ok, type Result } from '#modules/kernel/result'
import { encodeImage } from '#modules/campaigns/services/images'
import { adSizeOf, withMark } from '#modules/campaigns/services/bundles/entry_page'
import { kindOf, type FileKind } from '#modules/campaigns/services/bundles/file_types'
import { checkCss, checkHtml, checkSvg, elementsOf } from '#modules/campaigns/services/bundles/markup_policy'
import { refuse, shown, UploadRefused, type UploadFault } from '#modules/campaigns/services/bundles/refusal'
import { unzip, type ArchiveFile } from '#modules/campaigns/services/bundles/unzip'

export const ENTRY_PAGE = 'index.html'

/** An HTML5 creative, checked and ready to be stored. */
export type Bundle = {
  /** SHA-256 over names and contents, hex: the same files uploaded twice are stored once. */
  readonly hash: string
  /** By name; the entry page is last, so that a bundle that has it is whole. */
  readonly files: readonly ArchiveFile[]
  readonly bytes: number
  /** What `ad.size` says; null when the page does not say. */
  readonly size: { readonly width: number; readonly height: number } | null
}

type Typed = ArchiveFile & { readonly kind: FileKind }

/**
 * Unpacks an uploaded zip in memory and checks every file by its content: cheap looks first, decoding last. Images are
 * decoded and encoded anew. Nothing is written; what comes back is what gets stored.
 */
export async function encodeBundle(upload: Buffer): Promise<Result<Bundle, UploadFault>> {
  try {
    const files = rooted(await unzip(upload)).map((file) => ({
      ...file,
      kind: kindOf(file.name, file.bytes),
    }))
    const size = checkTexts(files)
    const stored = await Promise.all(files.map(storedForm))
    stored.sort(
      (a, b) => Number(a.name === ENTRY_PAGE) - Number(b.name === ENTRY_PAGE) || (a.name < b.name ? -1 : 1)
    )
    const bytes = stored.reduce((sum, file) => sum + file.bytes.length, 0)
    return ok({ hash: hashOf(stored), files: stored, bytes, size })
  } catch (error) {
    if (error instanceof UploadRefused) return err(error.fault)
    throw error
  }
}

/** Names below the folder of the entry page: at the top, or in the one folder that holds everything. */
function rooted(files: readonly ArchiveFile[]): ArchiveFile[] {
  if (files.some(({ name }) => name === ENTRY_PAGE)) return [...files]
  const [folder] = files[0]?.name.split('/', 1) ?? []
  const prefix = `${folder}/`
  const inOne = files.every(({ name }) => name.startsWith(prefix))
  if (!inOne || !files.some(({ name }) => name === prefix + ENTRY_PAGE)) {
    refuse(
      'zip_entry_page',
      'The archive has no index.html at its top, or in the one folder that holds everything'
    )
  }
  return files.map(({ name, bytes }) => ({ name: name.slice(prefix.length), bytes }))
}

function checkTexts(files: readonly Typed[]): Bundle['size'] {
  let size: Bundle['size'] = null
  for (const { name, bytes, kind } of files) {
    if (kind === 'css') checkCss(bytes.toString(), name)
    if (kind === 'svg') checkSvg(bytes.toString(), name)
    if (kind !== 'html') continue
    const elements = elementsOf(bytes.toString(), name)
    checkHtml(elements, name)
    if (name === ENTRY_PAGE) size = adSizeOf(elements)
  }
  return size
}

async function storedForm({ name, bytes, kind }: Typed): Promise<ArchiveFile> {
  if (name === ENTRY_PAGE) {
    const html = bytes.toString()
    return { name, bytes: Buffer.from(withMark(html, elementsOf(html, name))) }
  }
  if (kind !== 'image') return { name, bytes }
  const image = await encodeImage(bytes)
  if (!image.ok) refuse(image.error.code, `${shown(name)}: ${image.error.detail}`)
  const said = /\.(png|gif|webp)$/i.exec(name)?.[1]?.toLowerCase() ?? 'jpg'
  if (!image.value.file.endsWith(`.${said}`)) {
    refuse('file_type', `${shown(name)} does not hold what its extension says`)
  }
  return { name, bytes: image.value.bytes }
}

function hashOf(files: readonly ArchiveFile[]): string {
  const hash = createHash('sha256')
  for (const { name, bytes } of files) {
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}
