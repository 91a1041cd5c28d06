import type { Id } from '#modules/kernel/ids'
import { metrics } from '#modules/kernel/metrics'
import { outboxOf, type DeliveredNews, type Outboxes } from '#modules/kernel/outbox'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import { DAY_MS, type Clock } from '#modules/kernel/time'

/** Rows held by one transaction: some 100 ms of work, so that a stop never waits long. */
const BATCH = 100
/** Pauses after failures double from the first to the longest; with these attempts a row is given up after an hour. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 600_000
const ATTEMPTS = 15
/** A handler that takes longer has failed; it may still end well, so it counts as one more delivery. */
const HANDLER_MS = 10_000
/** What `keeps()` of the outbox tables promises. */
const SENT_KEPT_MS = 7 * DAY_MS
const HOUSEKEEPING_MS = 60_000
const DELETED_AT_ONCE = 10_000

export type DispatcherOptions = {
  readonly batch?: number
  readonly attempts?: number
  readonly handlerMs?: number
}
type Log = { error(fields: object, message: string): void }
type Row = {
  id: Id<'news'>
  organisation_id: Id<'organisation'>
  name: string
  version: number
  data: Record<string, unknown>
  attempts: number
  retry_at: Date | null
}
type Batch = { readonly delivered: number; readonly more: boolean }

const delivered = metrics.counter('placard_outbox_delivered_total', 'News handed to all who listen', [
  'module',
])
const failures = metrics.counter('placard_outbox_failures_total', 'Attempts to deliver news that failed', [
  'module',
])
const stuck = metrics.gauge('placard_outbox_stuck', 'News given up after too many attempts and kept', [
  'module',
])

/**
 * Delivers outboxes: each row at least once, those of an organisation and module in the order of their ids. Any number
 * may run at once, in whatever process: an organisation's rows are held by one of them at a time. News whose handler
 * fails comes again after a pause, and what follows it in its organisation waits for it; other organisations go on. A
 * row that fails `attempts` times is kept, counted and passed by, until `retryStuck`.
 */
export class OutboxDispatcher {
  private stopping = false
  private cleanAt = 0
  private readonly batch: number
  private readonly attempts: number
  private readonly handlerMs: number

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly outboxes: Outboxes,
    private readonly log: Log,
    options: DispatcherOptions = {}
  ) {
    this.batch = options.batch ?? BATCH
    this.attempts = options.attempts ?? ATTEMPTS
    this.handlerMs = options.handlerMs ?? HANDLER_MS
  }

  /**
   * Delivers all that is due, a batch of each organisation in turn, so that a long backlog delays its own organisation
   * only; once a minute clears what is past its retention. @returns rows delivered
   */
  async run(): Promise<number> {
    let sum = 0
    for (let more = true; more && !this.stopping;) {
      more = false
      for (const module of this.outboxes.modules) {
        for (const organisationId of await this.due(module)) {
          const batch = await this.deliver(module, organisationId)
          sum += batch.delivered
          more ||= batch.more
        }
      }
    }
    if (this.clock.now() >= this.cleanAt && !this.stopping) await this.keepHouse()
    return sum
  }

  /** Lets a running `run` end after the row at hand. */
  stop(): void {
    this.stopping = true
  }

  /** Gives rows that were given up all their attempts again. @returns their number */
  async retryStuck(): Promise<number> {
    let sum = 0
    for (const module of this.outboxes.modules) {
      sum += await this.tenancy.system(async (trx) => {
        const query = trx.from(outboxOf(module)).whereNull('sent_at').where('attempts', '>=', this.attempts)
        return Number(await query.update({ attempts: 0, retry_at: null }))
      })
    }
    return sum
  }

  /** Organisations whose oldest row may be tried now. */
  private async due(module: string): Promise<Id<'organisation'>[]> {
    return this.tenancy.system(async (trx) => {
      const { rows } = (await trx.rawQuery(
        `select organisation_id from (
           select distinct on (organisation_id) organisation_id, retry_at from ${outboxOf(module)}
           where sent_at is null and attempts < ? order by organisation_id, id
         ) oldest where retry_at is null or retry_at <= ?`,
        [this.attempts, new Date(this.clock.now())]
      )) as { rows: Row[] }
      return rows.map((row) => row.organisation_id)
    })
  }

  private async deliver(module: string, organisationId: Id<'organisation'>): Promise<Batch> {
    if (this.stopping) return { delivered: 0, more: false }
    const batch = await this.tenancy.system((trx) => this.one(trx, module, organisationId))
    delivered.with(module).inc(batch.delivered)
    return batch
  }

  /** One batch of an organisation, marked in the transaction that holds it. */
  private async one(trx: Transaction, module: string, organisationId: Id<'organisation'>): Promise<Batch> {
    const rows = await this.take(trx, module, organisationId)
    const now = this.clock.now()
    const sent: string[] = []
    let more = rows.length === this.batch
    for (const row of rows) {
      if (this.stopping || (row.retry_at && row.retry_at.getTime() > now)) {
        more = false
        break
      }
      const error = await this.hand(row)
      if (error !== null) {
        more = await this.failed(trx, module, row, error)
        break
      }
      sent.push(row.id)
    }
    if (sent.length > 0) {
      await trx
        .from(outboxOf(module))
        .whereIn('id', sent)
        .update({ sent_at: new Date(now) })
    }
    return { delivered: sent.length, more }
  }

  /**
   * The next rows of an organisation, or none when another dispatcher is at them. The advisory lock keeps their order,
   * the row locks keep them from being taken twice.
   */
  private async take(trx: Transaction, module: string, organisationId: Id<'organisation'>): Promise<Row[]> {
    const table = outboxOf(module)
    const { rows } = (await trx.rawQuery('select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as mine', [
      `${table}:${organisationId}`,
    ])) as { rows: { mine: boolean }[] }
    if (!rows[0]!.mine) return []
    return (await trx
      .from(table)
      .where('organisation_id', organisationId)
      .whereNull('sent_at')
      .where('attempts', '<', this.attempts)
      .orderBy('id')
      .limit(this.batch)
      .forUpdate()
      .skipLocked()
      .select('id', 'organisation_id', 'name', 'version', 'data', 'attempts', 'retry_at')) as Row[]
  }

  /** What went wrong, or null. */
  private async hand(row: Row): Promise<Error | null> {
    const { id, organisation_id: organisationId, name, version, data } = row
    const news: DeliveredNews = { id, organisationId, name, version, data }
    try {
      await within(this.handlerMs, this.outboxes.hand(news))
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  /** Puts the row off; told to the log at its first failure and when it is given up. @returns whether others may go on */
  private async failed(trx: Transaction, module: string, row: Row, error: Error): Promise<boolean> {
    const attempts = row.attempts + 1
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS)
    const change = { attempts, retry_at: new Date(this.clock.now() + pauseMs) }
    await trx.from(outboxOf(module)).where('id', row.id).update(change)
    failures.with(module).inc()
    const fields = { err: error, module, news: row.name, id: row.id, attempts }
    if (attempts >= this.attempts) {
      stuck.with(module).inc()
      this.log.error(fields, 'outbox: news could not be delivered and is given up; node ace outbox:retry')
      return true
    }
    if (attempts === 1) this.log.error(fields, 'outbox: news could not be delivered, it is tried again')
    return false
  }

  private async keepHouse(): Promise<void> {
    const now = this.clock.now()
    for (const module of this.outboxes.modules) {
      let removed: number
      do removed = await this.clear(module, now - SENT_KEPT_MS)
      while (removed === DELETED_AT_ONCE && !this.stopping)
      const row = (await this.tenancy.system((trx) =>
        trx
          .from(outboxOf(module))
          .whereNull('sent_at')
          .where('attempts', '>=', this.attempts)
          .count('* as number')
          .first()
      )) as { number: string }
      stuck.with(module).set(Number(row.number))
    }
    this.cleanAt = now + HOUSEKEEPING_MS
  }

  private async clear(module: string, before: number): Promise<number> {
    const table = outboxOf(module)
    return this.tenancy.system(async (trx) => {
      const old = trx.from(table).where('sent_at', '<', new Date(before)).limit(DELETED_AT_ONCE).select('id')
      return Number(await trx.from(table).whereIn('id', old).delete())
    })
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
