import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { err, ok, type Result } from '#modules/kernel/result'
import type { Target } from '#modules/kernel/outbound/request_rules'
import type { OutboundFailure, OutboundReply, ResolvedAddress } from '#modules/kernel/outbound/types'

const MAX_HEAD_BYTES = 32_768

export type ExchangeOptions = {
  readonly target: Target
  readonly addresses: readonly ResolvedAddress[]
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly ca?: string
}

type Outcome = Result<OutboundReply, OutboundFailure>

/**
 * One request on a connection of its own to one of `addresses`: the name is not looked up again, so it cannot point
 * elsewhere than what was checked. No agent is shared, hence no proxy of the environment and no reused socket.
 */
export async function exchange(options: ExchangeOptions): Promise<Outcome> {
  try {
    const message = await open(options)
    const body = await readBody(message, options)
    if (!body.ok) return body
    return ok({
      status: message.statusCode ?? 0,
      headers: plainHeaders(message),
      body: body.value,
      url: options.target.url.href,
    })
  } catch (error) {
    return err({ type: 'network', detail: `${options.target.host}: ${codeOf(error)}` })
  }
}

function open({
  target,
  addresses,
  method,
  headers,
  body,
  signal,
  ca,
}: ExchangeOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const settings: https.RequestOptions & RequestOptions = {
      host: target.host,
      port: target.port,
      path: `${target.url.pathname}${target.url.search}`,
      method,
      signal,
      ca,
      headers: {
        ...headers,
        host: target.url.host,
        'accept-encoding': 'gzip, deflate, br',
        ...lengthOf(method, body),
      },
      agent: false,
      maxHeaderSize: MAX_HEAD_BYTES,
      insecureHTTPParser: false,
      lookup: pinned(addresses),
    }
    const request = target.url.protocol === 'https:' ? https.request(settings) : http.request(settings)
    request.once('response', resolve)
    request.once('error', reject)
    request.once('upgrade', (_message, socket) => {
      socket.destroy()
      reject(Object.assign(new Error('unexpected upgrade'), { code: 'UPGRADE' }))
    })
    request.end(body)
  })
}

function lengthOf(method: string, body?: string | Uint8Array): Record<string, number> {
  if (body !== undefined) return { 'content-length': Buffer.byteLength(body) }
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { 'content-length': 0 } : {}
}

/** Answers node's look-up with the addresses that were checked, whatever name it asks for. */
function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all) {
      callback(
        null,
        addresses.map(({ address, family }) => ({ address, family }))
      )
    } else callback(null, addresses[0]!.address, addresses[0]!.family)
  }
}

/** Reads at most `maxBytes`, counted on the wire and again after inflating, so that a small bomb stays small. */
async function readBody(
  message: IncomingMessage,
  { maxBytes, method }: ExchangeOptions
): Promise<Result<Buffer, OutboundFailure>> {
  const tooLarge = err({ type: 'too_large', detail: `The answer is larger than ${maxBytes} bytes.` } as const)
  if (Number(message.headers['content-length'] ?? 0) > maxBytes && method !== 'HEAD') {
    message.destroy()
    return tooLarge
  }
  let received = 0
  let overflow = false
  message.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > maxBytes) {
      overflow = true
      message.destroy(new Error('too large'))
    }
  })
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of inflated(message, method)) {
      bytes += (chunk as Buffer).length
      if (bytes > maxBytes) {
        message.destroy()
        return tooLarge
      }
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    if (overflow) return tooLarge
    throw error
  }
  return ok(Buffer.concat(chunks))
}

function inflated(message: IncomingMessage, method: string): AsyncIterable<unknown> {
  const coding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const hasBody = method !== 'HEAD' && message.statusCode !== 204 && message.statusCode !== 304
  if (!hasBody || coding === 'identity' || coding === '') return message
  const inflate = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }[coding]
  if (!inflate) throw Object.assign(new Error('unknown coding'), { code: 'UNKNOWN_CONTENT_ENCODING' })
  const stream = inflate()
  message.once('error', (error) => stream.destroy(error))
  message.once('aborted', () => stream.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })))
  return message.pipe(stream)
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : 'not answered as HTTP says'
}
