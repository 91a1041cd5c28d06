import { ProblemException } from '#modules/kernel/problem'

/** The network's words for a peer that is away, and PostgreSQL's for going down, starting, or having no room. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '53300',
  '57P01',
  '57P02',
  '57P03',
])
/** What `pg` says of a connection that was cut while it waited, and the pool of one that it could not get. */
const CUT = /^Connection (terminated|ended)|^timeout expired|^Knex: Timeout acquiring a connection/

/** The refusal behind an error of a store that cannot be reached just now; null for every other error. */
export function storeFailureOf(error: unknown): ProblemException | null {
  if (!(error instanceof Error) || error instanceof ProblemException) return null
  const code: unknown = 'code' in error ? error.code : undefined
  if (!(typeof code === 'string' && AWAY.has(code)) && !CUT.test(error.message)) return null
  return new ProblemException(503, 'E_UNAVAILABLE', { detail: 'The database cannot be reached; try again.' })
}
