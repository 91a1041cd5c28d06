/** Images as uploaders and attackers send them, built here rather than kept. */
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** A black PNG of one bit a pixel: 30,000 × 30,000 is 110 kB to send and 900 MB or more to decode. */
export function bitPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc(height * (Math.ceil(width / 8) + 1))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const data = deflateSync(rows)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** One colour, in the format asked for. */
export function flat(width: number, height: number, colour = '#c33'): Sharp {
  return sharp({ create: { width, height, channels: 3, background: colour } })
}

/** A GIF of frames of different colours, 120 ms each. */
export async function animation(width: number, height: number, frames: number): Promise<Buffer> {
  const rows = Array.from({ length: frames }, (_, frame) =>
    Buffer.alloc(width * height * 3, (frame * 40) % 256)
  )
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height }
  const delay = Array.from({ length: frames }, () => 120)
  return sharp(Buffer.concat(rows), { raw }).gif({ delay, loop: 0 }).toBuffer()
}

export const SVG_WITH_SCRIPT = Buffer.from(
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>alert(1)</script></svg>'
)
