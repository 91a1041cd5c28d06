import type { AppendFailure } from '#modules/events/contract'

export type Appended = { ok: true } | { ok: false; error: AppendFailure }

/** One of the two buffers of the log: fills, is synced, fills again. */
export class Batch {
  readonly buffer: Buffer
  used = 0
  records = 0
  private outcome: PromiseWithResolvers<Appended> | null = null

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes)
  }

  /** The outcome of the whole batch, one promise for all who wait. */
  wait(): Promise<Appended> {
    return (this.outcome ??= Promise.withResolvers<Appended>()).promise
  }

  get isAwaited(): boolean {
    return this.outcome !== null
  }

  /** Tells all who wait, and makes room. */
  end(outcome: Appended): void {
    this.outcome?.resolve(outcome)
    this.outcome = null
    this.used = 0
    this.records = 0
  }
}
