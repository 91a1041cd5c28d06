import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { discardUploads } from '#modules/kernel/http/uploads'
import { ProblemException } from '#modules/kernel/problem'

/** As much of a VineJS validator as an endpoint needs: it checks, and it describes what it checks. */
export type Validator<Output> = {
  validate(data: unknown): Promise<Output>
  /** The same for fields of a multipart form, where every value is text. Absent: `validate` takes them. */
  validateForm?(data: unknown): Promise<Output>
  toJSONSchema(): object
  /** A JSON array is a body, too. Absent: only objects are. */
  readonly takesArrays?: boolean
}

const inputs = new WeakMap<HttpContext, { body: unknown; query: unknown }>()

/** The checked body and query of a request whose middleware {@link readInput} has run. */
export function inputOf(ctx: HttpContext): { body: unknown; query: unknown } {
  return inputs.get(ctx) ?? { body: undefined, query: undefined }
}

function refuseContentType(ctx: HttpContext, accepts: readonly string[]): void {
  const { request } = ctx
  if (!request.hasBody() || request.is([...accepts, 'application/*+json']) !== null) return
  if (request.header('content-length') === '0') return
  throw new ProblemException(415, 'E_UNSUPPORTED_MEDIA_TYPE', { detail: `Send ${accepts.join(' or ')}.` })
}

function plainBody(ctx: HttpContext, arrays: boolean): unknown {
  const body: unknown = ctx.request.body() ?? {}
  if (arrays && Array.isArray(body)) return body
  if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body
  throw new ProblemException(422, 'E_VALIDATION', {
    detail: 'The body must be a JSON object.',
    field: 'body',
  })
}

function checked<Body>(ctx: HttpContext, validator: Validator<Body>): Promise<Body> {
  const body = plainBody(ctx, validator.takesArrays ?? false)
  const isForm = ctx.request.bodyType === 'multipart' && validator.validateForm !== undefined
  return isForm ? validator.validateForm!(body) : validator.validate(body)
}

/**
 * Middleware that checks query and body before anything is done, so that a refused request leaves no trace, not even
 * an idempotency key. Fields that the validators do not know are ignored.
 */
export function readInput<Body, Query>(
  body: Validator<Body> | undefined,
  query: Validator<Query> | undefined,
  accepts: readonly string[]
) {
  return async (ctx: HttpContext, next: NextFn) => {
    discardUploads(ctx)
    const checkedQuery = query ? await query.validate({ ...ctx.request.qs() }) : undefined
    if (body) refuseContentType(ctx, accepts)
    const checkedBody = body ? await checked(ctx, body) : undefined
    inputs.set(ctx, { query: checkedQuery, body: checkedBody })
    return next()
  }
}
