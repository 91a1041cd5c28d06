import { ProblemException } from '#modules/kernel/problem'

/** What Node's decompressors name damaged data: zlib, then Brotli. */
const DAMAGED = /^(Z_(DATA|BUF)_ERROR|Z_NEED_DICT|ERR__ERROR_FORMAT|ERR_PADDING_)/
/** The only failure of the framework with this status: a JSON text that is neither an object nor an array. */
const NO_JSON_OBJECT = 422

/**
 * The refusal behind an error of the body parser that has none of its own: compressed data that is damaged, or a
 * body that does not begin like a JSON object. Null for every other error, a validator's 422 included.
 */
export function bodyFailureOf(error: unknown): ProblemException | null {
  if (!(error instanceof Error) || error instanceof ProblemException) return null
  const { code, status } = error as Error & { code?: string; status?: number }
  if (code !== undefined && DAMAGED.test(code)) {
    return malformed('The body is not the compressed data that its Content-Encoding says.')
  }
  if (code === undefined && status === NO_JSON_OBJECT) return malformed('The body must be a JSON object.')
  return null
}

function malformed(detail: string): ProblemException {
  return new ProblemException(400, 'E_MALFORMED_BODY', { detail, field: 'body' })
}
