import { setImmediate } from 'node:timers/promises'
import { newId } from '#modules/kernel/ids'
import { EventLog } from '#modules/events/contract'
import type { AppendFailure, Fact } from '#modules/events/contract'
import { EventsMetrics } from '#modules/events/services/events_metrics'
import { FACT_BYTES, writeFact } from '#modules/events/services/fact_codec'
import { Batch, type Appended } from '#modules/events/services/log/batch'
import { Disk } from '#modules/events/services/log/disk'
import { RECORD_HEAD_BYTES, sealRecord } from '#modules/events/services/log/format'
import { SegmentWriter, isFull } from '#modules/events/services/log/segment_writer'

export type LogOptions = {
  /** Parent of all logs of the host. */
  readonly logDir: string
  /** Longest wait for company of the first fact after a pause, 0–2 ms. Under load syncs follow each other at once. */
  readonly windowMs: number
  /** A segment is closed before it grows beyond this. */
  readonly segmentBytes: number
  /** Bound of what waits for the disk; as much again may be on its way there. */
  readonly queueBytes: number
  /** Cap of all logs under `logDir` together. */
  readonly capBytes: number
}

export const LOG_DEFAULTS = {
  windowMs: 1,
  segmentBytes: 32 * 1_048_576,
  queueBytes: 4 * 1_048_576, // 31,000 facts: less than a tenth of a second of a disk that keeps up
  capBytes: 4_096 * 1_048_576, // about 32 million facts without PostgreSQL
} as const

const RECORD_BYTES = RECORD_HEAD_BYTES + FACT_BYTES
/** Facts that nobody waits for go with the next batch, or after this time at the latest. */
const NOTE_WINDOW_MS = 50
/** Share of the queue that `note` may fill: the rest is kept for facts that are billed. */
const NOTE_SHARE = 0.75
/** Pause after a failure before the disk is tried again. */
const RETRY_MS = 100

const refusal = (type: AppendFailure['type']): Appended => ({ ok: false, error: { type } })
const OUTCOME = { ok: { ok: true } as Appended, full: refusal('log_full'), failed: refusal('log_failed') }
const CLOSED = Promise.resolve(refusal('closed'))

/**
 * The durable log of this process: facts are encoded at once into the batch that fills while the one before it is
 * written and synced. All that wait for one batch share its promise, so waiting costs nothing per fact.
 * One instance, one log id: a process that starts again starts a new log (ADR 3).
 */
export class DurableLog extends EventLog {
  readonly id: string
  private readonly writer: SegmentWriter
  private filling: Batch
  private spare: Batch
  private flight: Promise<void> | null = null
  private cancelStart: (() => void) | null = null
  private startIsLate = false
  private closed = false
  private blockedUntil = 0
  private blockedBy = OUTCOME.full

  /** @param onSynced called after every synced batch, so that the shipper of this process may run at once */
  constructor(
    private readonly options: LogOptions,
    private readonly metrics: EventsMetrics = new EventsMetrics(),
    private readonly onSynced: () => void = () => {},
    disk: Disk = new Disk()
  ) {
    super()
    this.id = newId<'log'>()
    this.writer = new SegmentWriter({ ...options, logId: this.id }, disk)
    this.filling = new Batch(options.queueBytes)
    this.spare = new Batch(options.queueBytes)
    metrics.watchQueue(() => this.queuedBytes)
  }

  /** Bytes that wait, not counting the batch that is being synced. */
  get queuedBytes(): number {
    return this.filling.used
  }

  get isOpen(): boolean {
    return !this.closed && !this.isBlocked()
  }

  /**
   * As the contract says.
   * @throws RangeError naming the field when the fact cannot be encoded: a mistake of the caller, nothing is kept
   */
  append(fact: Fact): Promise<Appended> {
    if (this.closed) return this.refuse('closed', CLOSED)
    if (this.isBlocked()) return this.refuseBlocked()
    if (!this.put(fact, this.options.queueBytes)) {
      return this.refuse('log_full', Promise.resolve(OUTCOME.full))
    }
    const outcome = this.filling.wait()
    this.schedule(this.options.windowMs, false)
    return outcome
  }

  note(fact: Fact): boolean {
    if (this.closed || this.isBlocked() || !this.put(fact, this.options.queueBytes * NOTE_SHARE)) {
      this.metrics.refused[this.closed ? 'closed' : 'log_full'].inc()
      return false
    }
    this.schedule(NOTE_WINDOW_MS, true)
    return true
  }

  /** Syncs what waits, then ends the log. Facts that come later are refused with `closed`. Safe to repeat. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.cancelStart?.()
    while (this.flight !== null || this.filling.used > 0) {
      if (this.flight === null) this.commit()
      await this.flight
    }
    await this.writer.close()
  }

  private put(fact: Fact, limit: number): boolean {
    const { filling } = this
    const at = filling.used
    if (at + RECORD_BYTES > limit) return false
    writeFact(filling.buffer, at + RECORD_HEAD_BYTES, fact)
    sealRecord(filling.buffer, at, FACT_BYTES)
    filling.used = at + RECORD_BYTES
    filling.records += 1
    this.metrics.appended.inc()
    return true
  }

  /** While a batch is in flight nothing needs to be set: its end starts the next. */
  private schedule(delayMs: number, late: boolean): void {
    if (this.flight !== null) return
    if (this.cancelStart !== null) {
      if (late || !this.startIsLate) return
      this.cancelStart()
    }
    this.startIsLate = late
    const start = () => {
      this.cancelStart = null
      this.commit()
    }
    if (delayMs === 0) {
      const turn = globalThis.setImmediate(start)
      this.cancelStart = () => clearImmediate(turn)
    } else {
      const timer = setTimeout(start, delayMs)
      this.cancelStart = () => clearTimeout(timer)
    }
  }

  private commit(): void {
    if (this.flight !== null || this.filling.used === 0) return
    const batch = this.filling
    this.filling = this.spare
    this.spare = batch
    this.flight = this.sync(batch)
  }

  /** Never rejects: what happened is told to those who wait, and to the metrics. */
  private async sync(batch: Batch): Promise<void> {
    const startedAt = performance.now()
    let outcome = OUTCOME.ok
    try {
      await this.writer.write(batch.buffer, batch.used, batch.records)
      this.count(batch, startedAt)
    } catch (error) {
      outcome = isFull(error) ? OUTCOME.full : OUTCOME.failed
      this.block(outcome)
      this.metrics.refused[isFull(error) ? 'log_full' : 'log_failed'].inc(batch.records)
      this.onFailure(error)
    }
    batch.end(outcome)
    if (outcome.ok) this.onSynced()
    // Those who were told may append at once: under load they are in the next batch, without a window.
    await setImmediate()
    this.flight = null
    if (this.filling.isAwaited || this.closed) this.commit()
    else if (this.filling.used > 0) this.schedule(NOTE_WINDOW_MS, true)
  }

  /** Told of every failed batch; the provider logs it. */
  onFailure: (error: unknown) => void = () => {}

  private count(batch: Batch, startedAt: number): void {
    this.metrics.acknowledged.inc(batch.records)
    this.metrics.logBytes.inc(batch.used)
    this.metrics.syncSeconds.observe((performance.now() - startedAt) / 1_000)
  }

  private block(outcome: Appended): void {
    this.blockedBy = outcome
    this.blockedUntil = performance.now() + RETRY_MS
  }

  private isBlocked(): boolean {
    return this.blockedUntil !== 0 && this.stillBlocked()
  }

  private stillBlocked(): boolean {
    if (performance.now() < this.blockedUntil) return true
    this.blockedUntil = 0
    return false
  }

  private refuseBlocked(): Promise<Appended> {
    return this.refuse(
      this.blockedBy === OUTCOME.full ? 'log_full' : 'log_failed',
      Promise.resolve(this.blockedBy)
    )
  }

  private refuse(reason: AppendFailure['type'], outcome: Promise<Appended>): Promise<Appended> {
    this.metrics.refused[reason].inc()
    return outcome
  }
}
