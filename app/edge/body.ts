import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { err, ok, type Result } from '#modules/kernel/result'

export type BodyFailure =
  | { readonly type: 'too_large' }
  | { readonly type: 'encoding' }
  | { readonly type: 'damaged' }
  /** The client went away; nobody waits for an answer. */
  | { readonly type: 'aborted' }

/**
 * How much of a refused body is read and thrown away so that the client gets to see the refusal; a client that
 * sends more than this is cut off.
 */
export const DRAIN_BYTES = 8 * 1024 * 1024
const EMPTY = Buffer.alloc(0)

/**
 * Reads a request's body. A `Content-Length` above the limit is refused before a byte is read, a longer stream
 * while it is read, and a gzip body that grows beyond the limit while it is inflated.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number
): Promise<Result<Buffer, BodyFailure>> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') return err({ type: 'encoding' })
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return err({ type: 'too_large' })
  const raw = await collect(request, maxBytes)
  if (!raw.ok || encoding === 'identity' || raw.value.length === 0) return raw
  return inflate(raw.value, maxBytes)
}

/** Lets the rest of a refused body pass by, up to `DRAIN_BYTES`. */
export function drain(request: IncomingMessage): void {
  let seen = 0
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length
    if (seen > DRAIN_BYTES) request.destroy()
  })
  request.resume()
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Result<Buffer, BodyFailure>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const finish = (result: Result<Buffer, BodyFailure>) => {
      request.removeListener('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) return finish(err({ type: 'too_large' }))
      chunks.push(chunk)
    }
    request.on('data', onData)
    request.on('end', () => finish(ok(bytes === 0 ? EMPTY : Buffer.concat(chunks, bytes))))
    request.on('error', () => finish(err({ type: 'aborted' })))
    request.on('close', () => finish(err({ type: 'aborted' })))
  })
}

/** At most `maxBytes` come out, so the work is bounded and may be done at once. */
function inflate(packed: Buffer, maxBytes: number): Result<Buffer, BodyFailure> {
  try {
    return ok(gunzipSync(packed, { maxOutputLength: maxBytes }))
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return err({ type: tooLarge ? 'too_large' : 'damaged' })
  }
}
