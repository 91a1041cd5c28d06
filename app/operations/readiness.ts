import type { EventLog } from '#modules/events/contract'
import type { Matching } from '#modules/matching/contract'

/** How old a proof that PostgreSQL answers may be before it is asked again. */
const DATABASE_FRESH_MS = 2000
/** A database that takes longer is as good as away. */
const DATABASE_WAIT_MS = 1500

export type ReadinessPart = 'matching' | 'database' | 'log'
export type Readiness = {
  readonly ready: boolean
  readonly parts: Readonly<Record<ReadinessPart, 'ok' | string>>
}
type Parts = {
  readonly matching: Pick<Matching, 'ready'>
  readonly log: Pick<EventLog, 'isOpen'>
  /** Resolves when the database answered. */
  readonly askDatabase: () => Promise<unknown>
  /** Told why the database cannot be reached; the answer itself does not say it. */
  readonly onFailure: (error: unknown) => void
}

/** Whether this process may get traffic: snapshots loaded, PostgreSQL reachable, durable log open. */
export class ReadinessProbe {
  private database: { at: number; state: string } | null = null
  private asking: Promise<string> | null = null

  constructor(
    private readonly parts: Parts,
    private readonly nowMs: () => number = () => performance.now()
  ) {}

  /** Never rejects. The database is asked at most once per `DATABASE_FRESH_MS`, however often somebody looks. */
  async read(): Promise<Readiness> {
    const parts = {
      matching: this.parts.matching.ready ? 'ok' : 'the snapshots are not loaded yet',
      database: await this.databaseState(),
      log: this.parts.log.isOpen ? 'ok' : 'the durable log takes no facts: look for a full or failing disk',
    }
    return { ready: Object.values(parts).every((state) => state === 'ok'), parts }
  }

  private async databaseState(): Promise<string> {
    if (this.database !== null && this.nowMs() - this.database.at < DATABASE_FRESH_MS) {
      return this.database.state
    }
    this.asking ??= this.ask().finally(() => (this.asking = null))
    return this.asking
  }

  private async ask(): Promise<string> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(
        () => resolve(`PostgreSQL did not answer within ${DATABASE_WAIT_MS} ms`),
        DATABASE_WAIT_MS
      )
    })
    const asked = this.parts.askDatabase().then(
      () => 'ok',
      (error: unknown) => {
        this.parts.onFailure(error)
        return 'PostgreSQL cannot be reached'
      }
    )
    const state = await Promise.race([asked, late])
    clearTimeout(timer)
    this.database = { at: this.nowMs(), state }
    return state
  }
}
