import { createHash } from 'node:crypto'
import sharp, { type Sharp } from 'sharp'
import { err, ok, type Result } from '#modules/kernel/result'

/** Upload limits, documented in the README of the module. */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024
export const MAX_IMAGE_EDGE = 4096 // pixels; twice the widest screen that is common
const MAX_FRAMES = 200
/** Of all frames together: 64 MiB decoded, so that one upload never takes the process down. */
const MAX_PIXELS = MAX_IMAGE_EDGE * MAX_IMAGE_EDGE
const DECODE_TIMEOUT_S = 20

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif'
export const IMAGE_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
}
export type EncodedImage = {
  readonly bytes: Buffer
  /** SHA-256 of `bytes`, hex: the same picture uploaded twice is stored once. */
  readonly hash: string
  /** Derived from the content, never from what the uploader called it. */
  readonly file: string
  readonly mediaType: string
  readonly width: number
  readonly height: number
  readonly frames: number
}
export type ImageFault = { readonly code: string; readonly detail: string }

/**
 * Decodes an uploaded image and encodes its pixels anew in the same format: nothing but pixels survives, neither
 * metadata nor bytes that another reader would take for a page. Header first: what is too large is never decoded.
 * Animations keep their frames and timing. JPEG is written at quality 85, orientation applied.
 * @param upload  at most `MAX_IMAGE_BYTES`; the name and the stated type of a file are not believed
 */
export async function encodeImage(upload: Buffer): Promise<Result<EncodedImage, ImageFault>> {
  const format = formatOf(upload)
  if ('code' in format) return err(format)
  const header = await readHeader(upload)
  if ('code' in header) return err(header)
  try {
    const { data, info } = await encoder(upload, format.format, header.frames).toBuffer({
      resolveWithObject: true,
    })
    const height = info.pageHeight ?? info.height
    const extension = format.format === 'jpeg' ? 'jpg' : format.format
    const hash = createHash('sha256').update(data).digest('hex')
    const file = `${info.width}x${height}.${extension}`
    const mediaType = IMAGE_TYPES[extension]!
    return ok({ bytes: data, hash, file, mediaType, width: info.width, height, frames: header.frames })
  } catch (error) {
    return err(undecodable(error))
  }
}

function encoder(upload: Buffer, format: ImageFormat, frames: number): Sharp {
  const animated = frames > 1
  const image = sharp(upload, { animated, limitInputPixels: MAX_PIXELS, failOn: 'error' })
  const upright = (animated ? image : image.autoOrient()).timeout({ seconds: DECODE_TIMEOUT_S })
  if (format === 'jpeg') return upright.jpeg({ quality: 85, mozjpeg: true })
  if (format === 'png') return upright.png({ compressionLevel: 9 })
  return format === 'webp' ? upright.webp({ quality: 90 }) : upright.gif()
}

async function readHeader(upload: Buffer): Promise<{ frames: number } | ImageFault> {
  try {
    const { width, height, pageHeight, pages } = await sharp(upload, { limitInputPixels: false }).metadata()
    const frames = pages ?? 1
    const tall = pageHeight ?? height
    if (width > MAX_IMAGE_EDGE || tall > MAX_IMAGE_EDGE) {
      return {
        code: 'image_size',
        detail: `The image is ${width}x${tall} pixels; at most ${MAX_IMAGE_EDGE}x${MAX_IMAGE_EDGE} are accepted`,
      }
    }
    if (frames > MAX_FRAMES || width * tall * frames > MAX_PIXELS) {
      const detail = `The animation has ${frames} frames of ${width}x${tall}; at most ${MAX_FRAMES} frames and ${MAX_PIXELS} pixels in all are accepted`
      return { code: 'image_frames', detail }
    }
    return { frames }
  } catch (error) {
    return undecodable(error)
  }
}

function undecodable(error: unknown): ImageFault {
  const reason = error instanceof Error ? error.message.split('\n', 1)[0]!.slice(0, 200) : 'unknown'
  return { code: 'image', detail: `The file cannot be read as an image: ${reason}` }
}

/** The format by the first bytes. SVG is told apart because its refusal has a reason of its own. */
function formatOf(bytes: Buffer): { format: ImageFormat } | ImageFault {
  const starts = (text: string, at = 0) => bytes.toString('latin1', at, at + text.length) === text
  if (starts('\x89PNG\r\n\x1a\n')) return { format: 'png' }
  if (starts('\xff\xd8\xff')) return { format: 'jpeg' }
  if (starts('GIF87a') || starts('GIF89a')) return { format: 'gif' }
  if (starts('RIFF') && starts('WEBP', 8)) return { format: 'webp' }
  const accepted = 'send PNG, JPEG, WebP or GIF'
  if (/<svg[\s>]/i.test(bytes.toString('utf8', 0, 4096))) {
    return { code: 'svg', detail: `SVG is not accepted, because it may carry scripts; ${accepted}` }
  }
  return { code: 'image_format', detail: `The file is in none of the accepted image formats; ${accepted}` }
}
