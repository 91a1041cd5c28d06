import { isUtf8 } from 'node:buffer'
import { refuse, shown } from '#modules/campaigns/services/bundles/refusal'

/** What a bundle may hold, by extension, with the media type that it is served as. */
export const BUNDLE_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
}
const TEXT = new Set(['html', 'htm', 'css', 'js', 'json', 'svg'])
const IMAGES = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp'])
/** First bytes by extension of what is neither text nor image; images are decoded, which proves more. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  woff: ['wOFF'],
  woff2: ['wOF2'],
  ttf: ['\x00\x01\x00\x00', 'true'],
  otf: ['OTTO'],
  webm: ['\x1aE\xdf\xa3'],
  mp3: ['ID3', '\xff\xfb', '\xff\xf3', '\xff\xf2'],
}
/** Beginnings by which another program would take a text for something else: GIF, zip, PDF, RIFF, programs, gzip. */
const FOREIGN = /^(GIF8|PK|%!PS|RIFF|MZ|BM|\x7fELF|\x1f\x8b|#!|Rar!|7z)/
const PDF_LOOKED_AT = 1024 // PDF readers accept their signature that far into a file

export type FileKind = 'html' | 'css' | 'js' | 'json' | 'svg' | 'image' | 'binary'

export function extensionOf(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
}

/**
 * What a file is: the extension names it, the content must bear it out.
 *
 * @throws UploadRefused `zip_nested`, `file_type` or `polyglot`
 */
export function kindOf(name: string, bytes: Buffer): FileKind {
  const extension = extensionOf(name)
  if (bytes.toString('latin1', 0, 4) === 'PK\x03\x04' || /^(zip|jar|rar|7z|gz|tgz|tar)$/.test(extension)) {
    refuse('zip_nested', `${shown(name)} is an archive inside the archive`)
  }
  if (BUNDLE_TYPES[extension] === undefined) {
    const accepted = Object.keys(BUNDLE_TYPES).join(', ')
    refuse('file_type', `${shown(name)} is of a type that a creative may not hold; accepted are ${accepted}`)
  }
  if (TEXT.has(extension)) {
    checkText(name, bytes)
    return extension === 'htm' ? 'html' : (extension as FileKind)
  }
  if (IMAGES.has(extension)) return 'image'
  const start = bytes.toString('latin1', 0, 12)
  const fits =
    extension === 'mp4'
      ? start.startsWith('ftyp', 4)
      : SIGNATURES[extension]!.some((one) => start.startsWith(one))
  if (!fits) refuse('file_type', `${shown(name)} does not hold what its extension says`)
  return 'binary'
}

/** Strict UTF-8 without null characters: UTF-16 and the like would be read differently by us and by a browser. */
function checkText(name: string, bytes: Buffer): void {
  const start = bytes.toString('latin1', 0, PDF_LOOKED_AT)
  if (FOREIGN.test(start) || start.includes('%PDF-')) {
    refuse(
      'polyglot',
      `${shown(name)} is a text that other programs would take for an image, an archive or a document`
    )
  }
  if (bytes.includes(0) || !isUtf8(bytes)) {
    refuse('file_type', `${shown(name)} is not a text in UTF-8`)
  }
}
