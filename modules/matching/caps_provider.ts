import type { ApplicationService } from '@adonisjs/core/types'
import { Redis } from 'ioredis'
import { hostedModules } from '#config/topology'
import { Sweeper } from '#modules/kernel/sweeper'
import { Clock } from '#modules/kernel/time'
import { ConsentGate } from '#modules/privacy/contract'
import { FrequencyCaps } from '#modules/matching/contract'
import { matchingMetrics } from '#modules/matching/metrics'
import { CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { CapLedger } from '#modules/matching/services/caps/cap_ledger'
import { CapStore } from '#modules/matching/services/caps/cap_store'
import { CapSubjects } from '#modules/matching/services/caps/cap_subjects'
import { CapSync } from '#modules/matching/services/caps/cap_sync'
import { LocalFrequencyCaps } from '#modules/matching/services/caps/local_caps'

/** About 60 MB when full: 20 bytes a count and 100 a person. */
const MOST_COUNTS = 1_000_000
/** About 60 MB of changes that wait for a Redis that is away. */
const MOST_WAITING = 200_000
/** What a process that is killed may forget, and how far two processes may be apart. */
const SYNC_EVERY_MS = 1_000
/** A Redis that is away does not keep a process from starting; what it holds is read when it is back. */
const FIRST_READ_WAIT_MS = 5_000

/** Binds frequency caps, reads what is kept of them before the first decision, and writes down what changes. */
export default class CapsProvider {
  private redis: Redis | null = null
  private sweeper: Sweeper | null = null
  private away = false
  private readonly store = new CapStore(MOST_COUNTS)
  private readonly deltas = new CapDeltas(MOST_WAITING)

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(FrequencyCaps, () => new LocalFrequencyCaps(this.store, this.deltas))
    this.app.container.singleton(CapSync, async (resolver) => {
      const { default: redis } = await import('#config/redis')
      this.redis = new Redis({ ...redis.connections.main, maxRetriesPerRequest: 1, lazyConnect: true })
      this.redis.on('error', (error: Error) => this.lost(error))
      this.redis.on('ready', () => (this.away = false))
      const clock = await resolver.make(Clock)
      return new CapSync({ ledger: new CapLedger(this.redis), store: this.store, deltas: this.deltas, clock })
    })
    this.app.container.singleton(CapSubjects, async (resolver) => {
      return new CapSubjects(await resolver.make(ConsentGate), await resolver.make(CapSync), this.store)
    })
  }

  async start() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('matching')) return
    const sync = await this.app.container.make(CapSync)
    const first = sync.run().catch((error: Error) => this.lost(error))
    let late: NodeJS.Timeout | undefined
    const waited = new Promise((resolve) => (late = setTimeout(resolve, FIRST_READ_WAIT_MS)))
    await Promise.race([first, waited])
    clearTimeout(late)
    this.sweeper = new Sweeper({
      work: () => first.then(() => sync.run()).finally(() => this.show()),
      everyMs: SYNC_EVERY_MS,
      onError: (error) => this.lost(error as Error),
    })
    this.sweeper.start()
  }

  async shutdown() {
    await this.sweeper?.stop()
    if (this.sweeper !== null) {
      const sync = await this.app.container.make(CapSync)
      await sync.flush().catch((error: Error) => this.lost(error))
    }
    this.redis?.disconnect()
  }

  private show(): void {
    const { counts, people, dropped } = this.store.size
    matchingMetrics.capCounts.set(counts)
    matchingMetrics.capPeople.set(people)
    matchingMetrics.capDropped.set(dropped)
    matchingMetrics.capWaiting.set(this.deltas.size)
    matchingMetrics.capLost.set(this.deltas.lost)
  }

  /** Told once, until Redis answers again. */
  private lost(error: Error): void {
    if (this.away) return
    this.away = true
    const said = (logger: { warn(message: string): void }) =>
      logger.warn(`frequency caps bind in this process only while Redis is away: ${error.message}`)
    void this.app.container.make('logger').then(said)
  }
}
