/** A database problem that a person can fix, told in one line that says what to do. */
export class DatabaseProblem extends Error {}

const OLDEST_VERSION = 150_000 // PostgreSQL 15: `unique nulls not distinct`

/** What to do, by SQLSTATE or by the network's error code. `where` is host, port and database; never the password. */
const ADVICE: Record<string, (where: string) => string> = {
  ENOTFOUND: (where) => `the host of ${where} is unknown: correct DATABASE_URL`,
  EAI_AGAIN: (where) => `the host of ${where} cannot be looked up: correct DATABASE_URL, or try again`,
  ECONNREFUSED: (where) => `nothing listens at ${where}: start that PostgreSQL or correct DATABASE_URL`,
  ETIMEDOUT: (where) => `${where} does not answer: check the network or correct DATABASE_URL`,
  ECONNRESET: (where) => `${where} cut the connection: is it a PostgreSQL? Correct DATABASE_URL`,
  '28P01': (where) => `${where} refuses user and password: correct them in DATABASE_URL`,
  '28000': (where) =>
    `${where} does not let that user in: correct the user in DATABASE_URL, or pg_hba.conf there`,
  '3D000': (where) => `the database of ${where} does not exist: create it (createdb) or correct DATABASE_URL`,
  '42501': () =>
    'the user of DATABASE_URL may not make roles or tables: ALTER ROLE it CREATEROLE and let it own the database',
  '53300': (where) => `${where} has no connection left: raise its max_connections or end other clients`,
  '57P03': (where) => `${where} is starting or stopping: try again in a moment`,
}

/**
 * Checks the shape of DATABASE_URL and returns host, port and database for messages.
 * @throws DatabaseProblem when it is not a URL, of another protocol, or names no database
 */
export function databaseAt(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new DatabaseProblem(
      'DATABASE_URL is not a PostgreSQL URL: write postgres://user:password@host:5432/database'
    )
  }
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (database === '') {
    throw new DatabaseProblem(
      'DATABASE_URL names no database: write postgres://user:password@host:5432/database'
    )
  }
  return `${parsed.hostname}:${parsed.port || 5432}/${database}`
}

/** The same error when it is a surprise, else a DatabaseProblem with advice. */
export function explain(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseProblem) return error
  const code = codeOf(error)
  const advice = code === undefined ? undefined : ADVICE[code]
  if (advice) {
    return new DatabaseProblem(`${advice(where)} (${firstLine(error.message) || code})`, { cause: error })
  }
  if (/timeout|terminated unexpectedly|SSL/i.test(error.message)) {
    return new DatabaseProblem(`${where} cannot be used: ${firstLine(error.message)}; correct DATABASE_URL`, {
      cause: error,
    })
  }
  return error
}

/** @throws DatabaseProblem when the server is older than what the migrations need. `version` is server_version_num. */
export function demandVersion(version: number, where: string): void {
  if (version >= OLDEST_VERSION) return
  const found = Math.floor(version / 10_000)
  throw new DatabaseProblem(`${where} is PostgreSQL ${found}: version 15 or newer is needed`)
}

/** A refused connection to a name with several addresses arrives as an AggregateError that carries the code. */
function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

const firstLine = (text: string) => text.split('\n', 1)[0]
