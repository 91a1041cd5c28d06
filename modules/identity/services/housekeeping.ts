import { KEPT_HOURS } from '#modules/kernel/http/idempotency'
import type { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, type Clock } from '#modules/kernel/time'

const HOUR_MS = 3_600_000
/** Table → column of its age and how long after that the row goes; as the tables' comments declare it. */
const RETENTION = [
  { table: 'identity_idempotency_keys', column: 'created_at', keptMs: KEPT_HOURS * HOUR_MS },
  { table: 'identity_login_attempts', column: 'window_started_at', keptMs: DAY_MS },
  { table: 'identity_refresh_tokens', column: 'expires_at', keptMs: 30 * DAY_MS },
  { table: 'identity_admin_sessions', column: 'expires_at', keptMs: 30 * DAY_MS },
  { table: 'identity_api_tokens', column: 'revoked_at', keptMs: 730 * DAY_MS },
  { table: 'identity_audit_log', column: 'at', keptMs: 732 * DAY_MS },
] as const

/** Removes rows that are past their retention. Safe to run at any time and in several processes. */
export class Housekeeping {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock
  ) {}

  /** @returns how many rows went, by table */
  async run(): Promise<Record<string, number>> {
    const removed: Record<string, number> = {}
    for (const { table, column, keptMs } of RETENTION) {
      const before = new Date(this.clock.now() - keptMs)
      const gone = await this.tenancy.system((trx) => trx.from(table).where(column, '<', before).delete())
      removed[table] = Number(gone)
    }
    return removed
  }
}
