import { bytesIn } from '#modules/events/services/log/directory'

/** How old the measured size of the directory may become while facts flow. */
const MEASURE_EVERY_MS = 1_000

/** Raised when the cap of the log directory is reached; the writer answers `log_full` until segments are shipped. */
export class LogCapReachedError extends Error {
  readonly code = 'E_LOG_CAP'
  constructor(capBytes: number) {
    super(`the log directory holds its cap of ${capBytes} bytes`)
  }
}

/**
 * How much of the directory's cap is used. Other processes write there too and the shipper removes, so what is known
 * is a measurement plus what this process added since; the cap may be passed by what others add within a second.
 */
export class LogCapacity {
  private used = 0
  private measuredAt = Number.NEGATIVE_INFINITY
  private measuring: Promise<void> | null = null

  constructor(
    private readonly logDir: string,
    private readonly capBytes: number
  ) {}

  /** @throws LogCapReachedError when `bytes` more would pass the cap, looked at anew before it is believed */
  async claim(bytes: number): Promise<void> {
    const isOld = performance.now() - this.measuredAt > MEASURE_EVERY_MS
    if (this.used + bytes > this.capBytes || this.measuredAt < 0) await this.measure()
    else if (isOld) void this.measure()
    if (this.used + bytes > this.capBytes) throw new LogCapReachedError(this.capBytes)
    this.used += bytes
  }

  private measure(): Promise<void> {
    this.measuring ??= bytesIn(this.logDir)
      .then((bytes) => {
        this.used = bytes
        this.measuredAt = performance.now()
      })
      .finally(() => (this.measuring = null))
    return this.measuring
  }
}
