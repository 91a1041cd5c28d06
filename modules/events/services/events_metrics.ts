import type { HistogramSeries, MetricsRegistry, Series } from '#modules/kernel/metrics'
import { metrics } from '#modules/kernel/metrics'
import type { AppendFailure } from '#modules/events/contract'

const SYNC_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

/** What the log and the settlement of this process count, as `/metrics` shows it. */
export class EventsMetrics {
  readonly appended: Series
  readonly acknowledged: Series
  readonly refused: Readonly<Record<AppendFailure['type'], Series>>
  readonly logBytes: Series
  readonly syncSeconds: HistogramSeries
  readonly settled: Series
  readonly duplicates: Series
  readonly deadLetters: Series
  readonly settlementFailures: Series
  /** Age of the oldest fact on this host that is not settled yet; 0 when all are. */
  readonly lagSeconds: Series

  /** Logs that only a newer build can read; they wait, and somebody should know. */
  readonly blockedLogs: Series

  constructor(private readonly registry: MetricsRegistry = metrics) {
    const counter = (name: string, help: string) => registry.counter(`placard_events_${name}`, help).with()
    this.appended = counter('appended_total', 'Facts taken into the queue of the durable log')
    this.acknowledged = counter('acknowledged_total', 'Facts that lie on disk')
    this.logBytes = counter('log_bytes_total', 'Bytes synced to the durable log')
    this.settled = counter('settled_total', 'Facts settled for the first time')
    this.duplicates = counter('duplicates_total', 'Repeats of facts that are settled')
    this.deadLetters = counter('dead_letters_total', 'Damaged or impossible records put aside')
    this.settlementFailures = counter('settlement_failures_total', 'Runs of the settlement that failed')
    const refused = registry.counter('placard_events_refused_total', 'Facts the log refused', ['reason'])
    this.refused = {
      log_full: refused.with('log_full'),
      log_failed: refused.with('log_failed'),
      closed: refused.with('closed'),
    }
    this.syncSeconds = registry
      .histogram('placard_events_sync_seconds', 'Write and fdatasync of one batch', SYNC_SECONDS)
      .with()
    this.blockedLogs = registry
      .gauge('placard_events_blocked_logs', 'Logs of a newer version that wait')
      .with()
    this.lagSeconds = registry
      .gauge('placard_events_lag_seconds', 'Age of the oldest fact that is not settled')
      .with()
  }

  /** Shows how many bytes wait for the disk; the log calls this once, with itself. */
  watchQueue(bytes: () => number): void {
    this.registry.gaugeOf('placard_events_queue_bytes', 'Bytes that wait for the next sync', bytes)
  }
}
