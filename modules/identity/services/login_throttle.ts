import type { KeyObject } from 'node:crypto'
import { formatIp, networkOf as networkBytes, parseIp } from '#modules/kernel/ip_address'
import { deriveKey, mac, signingKey } from '#modules/kernel/signing'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'

/** Attempts belong to no organisation. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
export const WINDOW_MS = 15 * 60_000
/** Attempts of one network on one e-mail before it has to wait. */
export const FREE_ATTEMPTS = 5
const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 15 * 60_000
/** Attempts of one network on all e-mails within the window: someone tries one password on many people. */
export const NETWORK_ATTEMPTS = 100
/** Attempts on one e-mail from all networks before answers get slower; nobody is locked out by strangers. */
const SLOW_FROM = 20
const SLOW_STEP_MS = 100
export const SLOWEST_MS = 3000

export type AttemptRow = {
  readonly attempts: number
  readonly windowStartedAt: number
  readonly blockedUntil: number | null
}
export type Admission =
  | { readonly allowed: true; readonly delayMs: number }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** /24 of IPv4, /48 of IPv6; `unknown` when it is no address. */
export function networkOf(address: string): string {
  const bytes = parseIp(address)
  if (bytes === null) return 'unknown'
  const prefix = bytes.length === 4 ? 24 : 48
  return `${formatIp(networkBytes(bytes, prefix))}/${prefix}`
}

/**
 * Counts one more attempt of a network on an e-mail. The sixth within 15 minutes waits 30 s, each further one twice
 * as long, never longer than 15 minutes; an attempt while waiting is not counted.
 */
export function nextAttempt(row: AttemptRow | null, now: number): { row: AttemptRow; waitMs: number } {
  if (row?.blockedUntil && row.blockedUntil > now) return { row, waitMs: row.blockedUntil - now }
  const fresh = row === null || now - row.windowStartedAt >= WINDOW_MS
  const attempts = fresh ? 1 : row.attempts + 1
  const windowStartedAt = fresh ? now : row.windowStartedAt
  const over = attempts - FREE_ATTEMPTS
  const wait = over < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** Math.min(over, 10), LONGEST_WAIT_MS)
  return { row: { attempts, windowStartedAt, blockedUntil: wait > 0 ? now + wait : null }, waitMs: 0 }
}

/** How long to wait before answering, when an e-mail is under attack from many places. */
export function slowDownMs(attemptsOnEmail: number): number {
  return attemptsOnEmail <= SLOW_FROM ? 0 : Math.min((attemptsOnEmail - SLOW_FROM) * SLOW_STEP_MS, SLOWEST_MS)
}

/**
 * Slows guessing down without letting a stranger lock anyone out: what is blocked is a pair of e-mail and network.
 * An attempt is counted before the password is looked at, so that many at a time do not slip through.
 */
export class LoginThrottle {
  private readonly key: KeyObject
  constructor(
    private readonly tenancy: Tenancy,
    appKey: string
  ) {
    this.key = signingKey(deriveKey(appKey, 'login-throttle'))
  }

  async admit(email: string, address: string, now: number): Promise<Admission> {
    const digest = mac(this.key, email)
    const network = networkOf(address)
    return this.tenancy.system(async (trx) => {
      const since = new Date(now - WINDOW_MS)
      const { waitMs } = await this.count(trx, digest, network, now)
      if (waitMs > 0) return { allowed: false, retryAfterSeconds: Math.ceil(waitMs / 1000) }
      if ((await sumOf(trx, { network }, since)) > NETWORK_ATTEMPTS) {
        return { allowed: false, retryAfterSeconds: WINDOW_MS / 1000 }
      }
      return { allowed: true, delayMs: slowDownMs(await sumOf(trx, { email_digest: digest }, since)) }
    })
  }

  /** The password was right: this network may try this e-mail anew. */
  async forget(email: string, address: string): Promise<void> {
    const where = { email_digest: mac(this.key, email), network: networkOf(address) }
    await this.tenancy.system((trx) => trx.from('identity_login_attempts').where(where).delete())
  }

  private async count(
    trx: Transaction,
    digest: Buffer,
    network: string,
    now: number
  ): Promise<{ waitMs: number }> {
    const start = {
      organisation_id: NOBODY,
      email_digest: digest,
      network,
      attempts: 0,
      window_started_at: new Date(now),
    }
    await trx
      .knexQuery()
      .table('identity_login_attempts')
      .insert(start)
      .onConflict(['email_digest', 'network'])
      .ignore()
    const query = trx.from('identity_login_attempts').where({ email_digest: digest, network })
    const found = await query.clone().forUpdate().firstOrFail()
    const before = {
      attempts: found.attempts,
      windowStartedAt: found.window_started_at.getTime(),
      blockedUntil: found.blocked_until?.getTime() ?? null,
    }
    const { row, waitMs } = nextAttempt(before, now)
    await query.update({
      attempts: row.attempts,
      window_started_at: new Date(row.windowStartedAt),
      blocked_until: row.blockedUntil === null ? null : new Date(row.blockedUntil),
    })
    return { waitMs }
  }
}

async function sumOf(trx: Transaction, where: Record<string, unknown>, since: Date): Promise<number> {
  const row = await trx
    .from('identity_login_attempts')
    .where(where)
    .where('window_started_at', '>', since)
    .sum('attempts as sum')
    .first()
  return Number(row?.sum ?? 0)
}
