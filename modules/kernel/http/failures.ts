/** The expected failures that every resource of the management API shares, each answered as a problem. */
import { ProblemException } from '#modules/kernel/problem'

/** 404. Also the answer for what belongs to another organisation or party: it does not exist for the asker. */
export function notFound(what: string): ProblemException {
  return new ProblemException(404, 'E_NOT_FOUND', { detail: `There is no such ${what}.` })
}

/** 409: the request is well formed, but the state of things does not allow it. */
export function conflict(code: string, detail: string, field?: string): ProblemException {
  return new ProblemException(409, code, field === undefined ? { detail } : { detail, field })
}

/** 403 with its own reason; a missing permission is answered by the guard. */
export function notAllowed(detail: string, field?: string): ProblemException {
  return new ProblemException(403, 'E_NOT_ALLOWED', field === undefined ? { detail } : { detail, field })
}

/** 422 for one field, in the shape of a failed validation. `rule` is stable, `detail` says what was expected. */
export function invalid(field: string, rule: string, detail: string): ProblemException {
  return new ProblemException(422, 'E_VALIDATION', { detail, field, errors: [{ field, code: rule, detail }] })
}
