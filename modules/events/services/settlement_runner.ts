import type { EventsMetrics } from '#modules/events/services/events_metrics'
import type { LogSettlement } from '#modules/events/services/settlement'

/** Runs start at least this far apart: under load one run takes what came meanwhile, and reports stay fresh. */
const APART_MS = 200
/** Other processes of the host write logs too, and nobody wakes us for them. */
const LOOK_EVERY_MS = 1_000
const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 15_000
/** How long the last run may take when the process ends; what it leaves is settled after the next start. */
const LAST_RUN_MS = 5_000

export type RunnerNews = {
  /** After every batch that took facts; nobody waits for what it does. */
  onSettled(count: number): void
  /** After a run that failed; the next is tried after a pause that doubles up to 15 s. */
  onFailure(error: unknown): void
}

/** Keeps the settlement running in this process: at once when woken, else every second. Never throws. */
export class SettlementRunner {
  private stopped = false
  private isLast = false
  private loop: Promise<void> | null = null
  private backoffMs = 0
  private startedAt = Number.NEGATIVE_INFINITY
  private isWoken = false
  private endWait: () => void = () => {}

  constructor(
    private readonly settlement: LogSettlement,
    private readonly metrics: EventsMetrics,
    private readonly news: RunnerNews
  ) {}

  start(): void {
    this.loop ??= this.run()
  }

  /** There is something new on disk. Cheap; may be called thousands of times a second. */
  wake(): void {
    if (this.isWoken) return
    this.isWoken = true
    this.endWait()
  }

  /** Ends after the current run and one last one, which finds what a log that was closed before left. */
  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    this.endWait()
    const rest = async () => {
      await this.loop
      this.isLast = true
      await this.once()
    }
    await Promise.race([rest(), pause(LAST_RUN_MS)])
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.once()
      if (!this.stopped) await this.wait()
    }
  }

  private async once(): Promise<void> {
    this.startedAt = performance.now()
    this.isWoken = false
    try {
      await this.settlement.run((taken) => this.afterBatch(taken))
      this.metrics.lagSeconds.set(await this.settlement.lagSeconds())
    } catch (error) {
      this.backoffMs = Math.min(LONGEST_BACKOFF_MS, this.backoffMs * 2 || FIRST_BACKOFF_MS)
      this.metrics.settlementFailures.inc()
      this.news.onFailure(error)
      await this.measureLag()
    }
  }

  /** Once stopped, what more comes is left to the last run, and that one takes all. */
  private afterBatch(taken: number): boolean {
    this.backoffMs = 0
    if (taken > 0) this.news.onSettled(taken)
    return !this.stopped || this.isLast
  }

  /** The disk can be asked while PostgreSQL is away; when it fails as well there is nothing to show. */
  private async measureLag(): Promise<void> {
    try {
      this.metrics.lagSeconds.set(await this.settlement.lagSeconds())
    } catch (error) {
      this.news.onFailure(error)
    }
  }

  private async wait(): Promise<void> {
    if (this.backoffMs > 0) return this.sleep(this.backoffMs)
    if (!this.isWoken) await this.sleep(LOOK_EVERY_MS)
    const early = this.startedAt + APART_MS - performance.now()
    if (early > 0 && !this.stopped) await pause(early)
  }

  /** Until the time is over or somebody calls `endWait`. A backoff is not cut short by new data. */
  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.endWait = () => {}
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.endWait = () => {
        if (this.stopped || this.backoffMs === 0) done()
      }
    })
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
