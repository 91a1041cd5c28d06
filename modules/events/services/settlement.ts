import { INSTALLATION, newId } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import { DAY_MS, utcDay, type Clock, type UtcDay } from '#modules/kernel/time'
import { Settlement, type FactClassifier } from '#modules/events/contract'
import type { EventsMetrics } from '#modules/events/services/events_metrics'
import { takeIn, type DeadLetter, type Intake, type StagedFact } from '#modules/events/services/intake'
import {
  listLogs,
  removeDrafts,
  removeLog,
  removeSegmentsBefore,
  type LogRef,
} from '#modules/events/services/log/directory'
import { START, readLog, type LogPage, type LogPosition } from '#modules/events/services/log/reader'
import { forgetPositions, movePosition, positionsOf } from '#modules/events/services/log_positions'
import { claimOrders } from '#modules/events/services/orders'
import { settleStaged, type Settled } from '#modules/events/services/staging'

/** About a tenth of a second of work and 3 MB of rows: large enough for COPY, small enough to stop soon. */
export const FACTS_PER_BATCH = 10_000
/** Key of the advisory lock: one settler at a time makes the order of `seq` the order of commits. */
const LOCK = 'placard.events.settlement'
/** A settler that hangs is somebody's problem; this one tries again instead of waiting for ever. */
const LOCK_TIMEOUT_MS = 30_000
const SWEEP_EVERY_MS = 600_000

export type SettlementParts = {
  readonly tenancy: Tenancy
  readonly classifier: FactClassifier
  readonly clock: Clock
  readonly metrics: EventsMetrics
  /** Parent of all logs of this host. */
  readonly logDir: string
  readonly factsPerBatch?: number
}

type LogStep = { readonly log: LogRef; readonly from: LogPosition; readonly page: LogPage }

/**
 * Stage 1: reads the logs of this host from where they are settled, and commits facts, dead letters and positions
 * together. May be stopped anywhere and run anywhere at once: what was not committed is read again, files are removed
 * only after the commit that makes them superfluous.
 */
export class LogSettlement extends Settlement {
  /** As far as this process knows; PostgreSQL knows better, and is asked before anything is settled. */
  private readonly known = new Map<string, LogPosition>()
  private readonly removed = new Set<string>()
  private readonly readyDays = new Set<string>()
  private turn = 0
  private sweptAt = 0

  constructor(protected readonly parts: SettlementParts) {
    super()
  }

  /**
   * Settles until it has caught up with the logs; while they grow as fast as it settles it goes on.
   *
   * @param afterBatch told of every committed batch; false ends the run there
   * @throws the database's or the disk's error; nothing is lost by it, and the next run begins where this one did
   */
  async run(afterBatch: (taken: number) => boolean = () => true): Promise<number> {
    let taken = 0
    await this.sweep()
    for (let more = true; more;) {
      const batch = await this.settleBatch()
      taken += batch.taken
      more = afterBatch(batch.taken) && batch.more
    }
    return taken
  }

  /**
   * Age of the oldest fact of this host that is not settled, in seconds; 0 when all are. Asks the disk only, so it
   * can be told while PostgreSQL is away.
   */
  async lagSeconds(): Promise<number> {
    const now = this.parts.clock.now()
    const logs = await listLogs(this.parts.logDir)
    const pages = await Promise.all(logs.map((log) => readLog(log, this.known.get(log.id) ?? START, 1)))
    const oldest = Math.min(now, ...pages.flatMap((page) => page.facts.map((fact) => fact.receivedAt)))
    return (now - oldest) / 1_000
  }

  private async settleBatch(): Promise<{ taken: number; more: boolean }> {
    const logs = await listLogs(this.parts.logDir)
    if (!(await this.hasNews(logs))) return { taken: 0, more: false }
    const { steps, intake, settled } = await this.parts.tenancy.system((trx) => this.settle(trx, logs))
    this.count(intake, settled)
    for (const step of steps) await this.tidy(step)
    return { taken: intake.taken, more: intake.taken + intake.letters.length >= this.limit }
  }

  private async sweep(): Promise<void> {
    const now = Date.now() // file times are the machine's, whatever clock the product is given
    if (now - this.sweptAt < SWEEP_EVERY_MS) return
    this.sweptAt = now
    await removeDrafts(this.parts.logDir, now)
  }

  private get limit(): number {
    return this.parts.factsPerBatch ?? FACTS_PER_BATCH
  }

  /** Looks at the disk alone, so that an idle second costs no transaction. */
  private async hasNews(logs: readonly LogRef[]): Promise<boolean> {
    const pages = await Promise.all(logs.map((log) => readLog(log, this.known.get(log.id) ?? START, 1)))
    this.parts.metrics.blockedLogs.set(pages.filter((page) => page.blockedBy !== null).length)
    return pages.some((page) => page.facts.length + page.poison.length > 0 || page.isFinished)
  }

  private async settle(trx: Transaction, logs: readonly LogRef[]) {
    await this.lock(trx)
    const positions = await positionsOf(
      trx,
      logs.map((log) => log.id)
    )
    const steps = await this.read(logs, positions)
    const now = this.parts.clock.now()
    const intake = takeIn(
      steps.map((step) => step.page),
      this.parts.classifier,
      now
    )
    const settled = await this.store(trx, intake)
    for (const { log, from, page } of steps) {
      if (isSame(from, page.end)) continue
      await movePosition(trx, { logId: log.id, end: page.end, facts: page.facts.length, now })
    }
    await this.forget(trx)
    return { steps, intake, settled }
  }

  private async forget(trx: Transaction): Promise<void> {
    const gone = [...this.removed]
    await forgetPositions(trx, gone)
    trx.after('commit', () => gone.forEach((id) => this.removed.delete(id)))
  }

  private async lock(trx: Transaction): Promise<void> {
    await trx.rawQuery(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await trx.rawQuery('select pg_advisory_xact_lock(hashtextextended(?, 0))', [LOCK])
  }

  /** A page of each log until the batch is full, beginning with another log each time. */
  private async read(
    logs: readonly LogRef[],
    positions: ReadonlyMap<string, LogPosition>
  ): Promise<LogStep[]> {
    const steps: LogStep[] = []
    const first = this.turn++ % Math.max(1, logs.length)
    let room = this.limit
    for (const log of [...logs.slice(first), ...logs.slice(0, first)]) {
      if (room <= 0) break
      const from = positions.get(log.id) ?? START
      const page = await readLog(log, from, room)
      room -= page.facts.length + page.poison.length
      steps.push({ log, from, page })
    }
    return steps
  }

  /** Protected for the tests that stop a settlement between its steps. */
  protected async store(trx: Transaction, intake: Intake): Promise<Settled | null> {
    await this.bury(trx, intake.letters)
    if (intake.staged.length === 0) return null
    const days = daysOf(intake.staged)
    await this.prepareDays(trx, days)
    const settled = await settleStaged(trx, await claimOrders(trx, intake.staged))
    await trx.table('events_batches').insert({
      last_seq: settled.lastSeq,
      organisation_id: INSTALLATION,
      first_day: days[0],
      last_day: days.at(-1),
      facts: intake.taken,
      settled_at: new Date(this.parts.clock.now()),
    })
    return settled
  }

  private async prepareDays(trx: Transaction, days: readonly string[]): Promise<void> {
    const tomorrow = utcDay(this.parts.clock.now() + DAY_MS)
    for (const day of [...days, tomorrow]) {
      if (this.readyDays.has(day)) continue
      await trx.rawQuery('select events_ensure_settled_day(?::date)', [day])
      trx.after('commit', () => void this.readyDays.add(day))
    }
  }

  private async bury(trx: Transaction, letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return
    const createdAt = new Date(this.parts.clock.now())
    await trx.table('events_dead_letters').multiInsert(
      letters.map(({ source, organisationId, reason, payload }) => ({
        id: newId(),
        organisation_id: organisationId,
        log_id: source.logId,
        segment: source.segment,
        byte_offset: source.offset,
        reason,
        payload,
        created_at: createdAt,
      }))
    )
  }

  private count(intake: Intake, settled: Settled | null): void {
    const { metrics } = this.parts
    metrics.deadLetters.inc(intake.letters.length)
    metrics.settled.inc(settled?.fresh ?? 0)
    metrics.duplicates.inc(settled?.repeats ?? 0)
  }

  /** After the commit only. Files that are gone are forgotten in the next transaction; until then a row is left over. */
  private async tidy({ log, page }: LogStep): Promise<void> {
    this.known.set(log.id, page.end)
    if (!page.isFinished) {
      await removeSegmentsBefore(log.path, page.end.segment)
      return
    }
    await removeLog(log.path)
    this.removed.add(log.id)
    this.known.delete(log.id)
  }
}

/** Distinct issue days, ascending. */
function daysOf(staged: readonly StagedFact[]): UtcDay[] {
  const days = [...new Set(staged.map((fact) => fact.issueDay))].sort((left, right) => left - right)
  return days.map((day) => utcDay(day * DAY_MS))
}

function isSame(left: LogPosition, right: LogPosition): boolean {
  return left.segment === right.segment && left.offset === right.offset
}
