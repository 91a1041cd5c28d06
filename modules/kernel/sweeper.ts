export type SweeperOptions = {
  /** What is done; does all there is to do and may be called again at any time. */
  readonly work: () => Promise<unknown>
  /** How long after the end of one run the next begins when nobody wakes it. */
  readonly everyMs: number
  /** Told of what `work` throws; the next run comes all the same. */
  readonly onError: (error: unknown) => void
}

/**
 * Runs work over and over in this process, never twice at once: when woken, and after a while in any case, so that
 * a lost wake costs time and nothing else. A wake during a run causes one more run.
 */
export class Sweeper {
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> | null = null
  private wanted = false
  private stopped = true

  constructor(private readonly options: SweeperOptions) {}

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.wake()
  }

  wake(): void {
    if (this.stopped) return
    this.wanted = true
    if (!this.running) this.running = this.run()
  }

  /** Resolves when the running work, if any, is done; no more follows. */
  async stop(): Promise<void> {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
    await this.running
  }

  private async run(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    while (this.wanted && !this.stopped) {
      this.wanted = false
      try {
        await this.options.work()
      } catch (error) {
        this.options.onError(error)
        break
      }
    }
    this.running = null
    if (this.stopped) return
    this.timer = setTimeout(() => this.wake(), this.options.everyMs)
    this.timer.unref()
  }
}
