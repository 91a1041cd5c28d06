import type { HttpContext } from '@adonisjs/core/http'

/** Problem details as `/api/v1` and `/v1` answer them, with our `code` and, where one input is at fault, its `field`. */
export type Problem = {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  field?: string
  errors?: { field: string; code: string; detail: string }[]
}
export const PROBLEM_TYPE = 'application/problem+json'

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Not acceptable as it is',
  429: 'Too many requests',
  500: 'Our mistake',
  503: 'Not available now',
}

/** Builds a problem body. `code` is stable and documented in `docs/errors.md`. @source RFC 9457 */
export function problemOf(
  status: number,
  code: string,
  rest: Partial<Pick<Problem, 'detail' | 'field' | 'errors'>> = {}
): Problem {
  return {
    type: `https://placard.example/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[status] ?? 'Error',
    status,
    code,
    ...rest,
  }
}

/** Answers an AdonisJS request with a problem. */
export function problem(
  response: HttpContext['response'],
  status: number,
  code: string,
  rest: Partial<Pick<Problem, 'detail' | 'field' | 'errors'>> = {}
): void {
  response
    .status(status)
    .header('content-type', PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(status, code, rest)))
}

/** Expected failure that travels as an exception through AdonisJS; the exception handler answers it as a problem. */
export class ProblemException extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly rest: Partial<Pick<Problem, 'detail' | 'field' | 'errors'>> = {}
  ) {
    super(rest.detail ?? code)
  }
}
