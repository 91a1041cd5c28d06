import type { CapDelta, CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { type CapLedger, fieldOf, type CapNews } from '#modules/matching/services/caps/cap_ledger'
import { CAP_SHARDS, type CapStore } from '#modules/matching/services/caps/cap_store'
import { newId } from '#modules/kernel/ids'
import type { Clock } from '#modules/kernel/time'

/** About 5 ms of Redis. */
const DELTAS_PER_BATCH = 2_000

export type CapSyncParts = {
  readonly ledger: CapLedger
  readonly store: CapStore
  readonly deltas: CapDeltas
  readonly clock: Clock
}

/**
 * Carries counts between this process and Redis, off the path: reads everything once, then writes what was counted here
 * and takes what others counted. Each count is added exactly once: a batch has an id, and news that a shard was read
 * with are skipped for that shard.
 */
export class CapSync {
  readonly #origin = newId<'process'>()
  readonly #readUpTo: string[] = []
  #batch: { readonly id: string; readonly deltas: readonly CapDelta[] } | null = null
  #newsId = '0-0'

  constructor(private readonly parts: CapSyncParts) {}

  /** True once the counts of before this process have been read. */
  get loaded(): boolean {
    return this.#readUpTo.length === CAP_SHARDS
  }

  /** One round; throws what Redis throws, and goes on where it stopped when called again. */
  async run(): Promise<void> {
    while (!this.loaded) await this.#readNext()
    await this.flush()
    await this.#takeNews()
    this.parts.store.sweep(this.parts.clock.now())
  }

  /** Writes all that waits. What this process counted before it had read everything is not read back. */
  async flush(): Promise<void> {
    if (!this.loaded) return
    for (;;) {
      this.#batch ??= this.#nextBatch()
      if (this.#batch === null) return
      const { id, deltas } = this.#batch
      await this.parts.ledger.write(this.#origin, id, deltas, this.parts.clock.now())
      this.#batch = null
    }
  }

  /** Forgets a person here, in Redis and, within a second, in the other processes. */
  async erase(subject: string): Promise<number> {
    await this.flush()
    const here = this.parts.store.erase(subject)
    const kept = await this.parts.ledger.erase(subject)
    return Math.max(here, kept)
  }

  #nextBatch() {
    const deltas = this.parts.deltas.take(DELTAS_PER_BATCH)
    return deltas.length === 0 ? null : { id: newId<'batch'>(), deltas }
  }

  async #readNext(): Promise<void> {
    const shard = this.#readUpTo.length
    const now = this.parts.clock.now()
    const { newsId, counts } = await this.parts.ledger.readShard(shard, now)
    for (const { subject, counter, window, count, expiresMs } of counts) {
      this.parts.store.add(subject, counter, window, count, expiresMs, now)
    }
    if (shard === 0) this.#newsId = newsId
    this.#readUpTo.push(newsId)
  }

  async #takeNews(): Promise<void> {
    for (;;) {
      const news = await this.parts.ledger.newsAfter(this.#newsId)
      if (news.length === 0) return
      for (const one of news) this.#take(one)
      this.#newsId = news.at(-1)!.id
    }
  }

  #take({ id, origin, lines }: CapNews): void {
    if (origin === this.#origin) return
    const now = this.parts.clock.now()
    for (const [shard, key, expiresMs, field, by] of lines) {
      if (!isAfter(id, this.#readUpTo[shard]!)) continue
      const { subject, counter, window } = fieldOf(field)
      if (key === '') this.#forget(subject)
      else this.parts.store.add(subject, counter, window, by, expiresMs, now)
    }
  }

  #forget(subject: string): void {
    this.parts.store.erase(subject)
    this.parts.deltas.erase(subject)
  }
}

/** Ids of a stream: milliseconds and a number. */
function isAfter(id: string, other: string): boolean {
  const [ms = 0, number = 0] = id.split('-').map(Number)
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number)
  return ms > otherMs || (ms === otherMs && number > otherNumber)
}
