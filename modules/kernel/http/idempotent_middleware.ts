import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { ProblemException } from '#modules/kernel/problem'
import { IdempotencyStore, type IdempotentRequest, type StoredAnswer } from '#modules/kernel/http/idempotency'

export const KEY_HEADER = 'idempotency-key'
const KEY = /^[\x21-\x7e]{1,255}$/
/** Answers that speak of the moment, not of the request: a repeat should find out anew. */
const PASSING = new Set([408, 425, 429])

/** Runs a write once per `Idempotency-Key`; a repeat gets the first answer with `Idempotency-Replayed: true`. */
@inject()
export default class IdempotentMiddleware {
  constructor(private store: IdempotencyStore) {}

  async handle(ctx: HttpContext, next: NextFn) {
    const key = ctx.request.header(KEY_HEADER)
    if (key === undefined) return next()
    if (!KEY.test(key)) {
      throw new ProblemException(422, 'E_VALIDATION', {
        field: 'Idempotency-Key',
        detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters without spaces.',
      })
    }
    const request = await requestOf(ctx, key)
    const beginning = await this.store.begin(request)
    if (beginning.type === 'stored') return replay(ctx, beginning.answer)
    if (beginning.type === 'mismatch') {
      throw new ProblemException(422, 'E_IDEMPOTENCY_MISMATCH', {
        field: 'Idempotency-Key',
        detail: 'This key was used for another request. Send a new key with a new request.',
      })
    }
    if (beginning.type === 'in_progress') {
      ctx.response.header('retry-after', '1')
      throw new ProblemException(409, 'E_IDEMPOTENCY_IN_PROGRESS', {
        field: 'Idempotency-Key',
        detail: 'A request with this key is being worked on. Ask again in a moment.',
      })
    }
    return this.work(ctx, next, request, beginning.attempt)
  }

  private async work(ctx: HttpContext, next: NextFn, request: IdempotentRequest, attempt: string) {
    try {
      await next()
    } catch (error) {
      await this.store.release(request, attempt)
      throw error
    }
    const answer = answerOf(ctx)
    if (answer === null) return this.store.release(request, attempt)
    return this.store.finish(request, attempt, answer)
  }
}

/** What the handler answered, or null when it is not to be kept. */
function answerOf({ response }: HttpContext): StoredAnswer | null {
  const status = response.getStatus()
  if (
    status < 200 ||
    status >= 500 ||
    (status >= 300 && status < 400) ||
    PASSING.has(status) ||
    response.hasStream
  ) {
    return null
  }
  const body: unknown = response.getBody()
  const contentType = String(response.getHeader('content-type') ?? 'application/json; charset=utf-8')
  return {
    status,
    contentType,
    body: body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body),
  }
}

function replay({ response }: HttpContext, { status, contentType, body }: StoredAnswer): void {
  response.status(status).header('idempotency-replayed', 'true')
  if (body === '') return response.send('')
  response.header('content-type', contentType).send(body)
}

async function requestOf(ctx: HttpContext, key: string): Promise<IdempotentRequest> {
  const { organisationId, personId, tokenId } = ctx.principal
  const { request } = ctx
  return {
    organisationId,
    principal: tokenId ?? personId ?? organisationId,
    key,
    method: request.method(),
    path: request.url(),
    digest: await digestOf(ctx),
  }
}

/** Digest of everything that makes a request the same one; of uploads, their names and bytes. */
async function digestOf({ request }: HttpContext): Promise<Buffer> {
  const hash = createHash('sha256').update(`${request.method()}\n${request.url(true)}\n`)
  if (request.bodyType !== 'multipart') return hash.update(request.raw() ?? '').digest()
  for (const [field, file] of Object.entries(request.allFiles()).flatMap(([name, files]) =>
    [files].flat().map((one) => [name, one] as const)
  )) {
    const bytes = createHash('sha256')
    if (file.tmpPath) await pipeline(createReadStream(file.tmpPath), bytes)
    hash.update(JSON.stringify([field, file.clientName, bytes.digest('hex')]))
  }
  const fields = Object.entries(request.body()).filter(([name]) => !(name in request.allFiles()))
  return hash.update(JSON.stringify(fields)).digest()
}
