import { errors, ExceptionHandler, type HttpContext } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { errors as vineErrors } from '@vinejs/vine'
import { problem, ProblemException } from '#modules/kernel/problem'
import { bodyFailureOf } from '#app/exceptions/body_failures'
import { storeFailureOf } from '#app/exceptions/store_failures'

/** A restart of PostgreSQL takes about as long. */
const RETRY_AFTER_SECONDS = 5
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

type Failure = {
  status?: number
  code?: string
  message?: string
  messages?: { field: string; rule: string; message: string }[]
}

/** Every error becomes a problem (machines) or a page (people). Never a stack trace. */
export default class HttpExceptionHandler extends ExceptionHandler {
  protected override debug = false
  protected override ignoreCodes = [
    'E_ROUTE_NOT_FOUND',
    'E_VALIDATION_ERROR',
    'E_INVALID_JSON',
    'E_REQUEST_ENTITY_TOO_LARGE',
    'E_BAD_CSRF_TOKEN',
  ]
  protected override ignoreStatuses = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429]

  override async handle(thrown: unknown, ctx: HttpContext) {
    const away = storeFailureOf(thrown)
    if (away) ctx.response.header('retry-after', String(RETRY_AFTER_SECONDS))
    const error = away ?? bodyFailureOf(thrown) ?? thrown
    if (this.wantsPage(ctx)) return this.page(error as Failure, ctx)
    return this.machine(error, ctx)
  }

  override async report(thrown: unknown, ctx: HttpContext) {
    const error = bodyFailureOf(thrown) ?? thrown
    if (error instanceof ProblemException && error.status < 500) return
    return super.report(error, ctx)
  }

  private wantsPage({ request }: HttpContext): boolean {
    const path = request.url()
    if (path.startsWith('/api/') || path.startsWith('/v1/') || path.startsWith('/t/')) return false
    return request.accepts(['html', 'json']) === 'html'
  }

  private machine(error: unknown, ctx: HttpContext) {
    const { response } = ctx
    if (error instanceof ProblemException) return problem(response, error.status, error.code, error.rest)
    if (error instanceof vineErrors.E_VALIDATION_ERROR) return this.validation(error as Failure, response)
    if (error instanceof errors.E_ROUTE_NOT_FOUND) return this.nothing(ctx)
    const failure = error as Failure
    const status = failure.status ?? 500
    if (status === 400) {
      return problem(response, 400, 'E_MALFORMED_BODY', {
        detail: 'The body could not be read as what its content-type says.',
      })
    }
    if (status === 413) {
      return problem(response, 413, 'E_BODY_TOO_LARGE', {
        detail: 'The body is larger than this endpoint accepts.',
      })
    }
    if (status === 415) {
      return problem(response, 415, 'E_UNSUPPORTED_MEDIA_TYPE', { detail: 'Send application/json.' })
    }
    if (status >= 500) {
      return problem(response, 500, 'E_INTERNAL', {
        detail: 'Something went wrong on our side; it has been logged.',
      })
    }
    return problem(response, status, failure.code ?? 'E_REFUSED', {})
  }

  /** No route: 405 where the address takes other methods, else 404. */
  private nothing({ request, response }: HttpContext) {
    const allowed = METHODS.filter((method) => router.match(request.url(), method, false) !== null)
    if (allowed.length === 0) {
      return problem(response, 404, 'E_NOT_FOUND', { detail: 'There is nothing at this address.' })
    }
    const allow = allowed.join(', ')
    response.header('allow', allow)
    return problem(response, 405, 'E_METHOD_NOT_ALLOWED', { detail: `This address takes ${allow}.` })
  }

  private validation(failure: Failure, response: HttpContext['response']) {
    const found = (failure.messages ?? []).map(({ field, rule, message }) => ({
      field,
      code: rule,
      detail: message,
    }))
    return problem(response, 422, 'E_VALIDATION', {
      detail: found[0]?.detail,
      field: found[0]?.field,
      errors: found,
    })
  }

  private async page(failure: Failure, ctx: HttpContext) {
    const status = failure.status ?? 500
    const { renderError } = await import('#app/admin/error_page')
    return renderError(ctx, status)
  }
}
