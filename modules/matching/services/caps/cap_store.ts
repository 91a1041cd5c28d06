import { CapShard, type Count } from '#modules/matching/services/caps/cap_shard'

/** People are spread over so many shards; the number is part of the names under which Redis keeps counts. */
export const CAP_SHARDS = 64

/** The shard of a person. @source FNV-1a */
export function capShardOf(subject: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < subject.length; at++) hash = Math.imul(hash ^ subject.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % CAP_SHARDS
}

/**
 * Who has seen how many, in this process: counts in typed arrays, chained by person, 20 bytes a count and about 100 a
 * person. Bounded: a full shard drops what has expired, then whoever was counted longest ago.
 */
export class CapStore {
  readonly #shards: readonly CapShard[]
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  #swept = 0

  /** @param mostCounts of all people together, at least CAP_SHARDS */
  constructor(mostCounts: number) {
    const each = Math.floor(mostCounts / CAP_SHARDS)
    if (!(each >= 1)) throw new RangeError(`${mostCounts} counts are fewer than ${CAP_SHARDS}`)
    this.#shards = Array.from({ length: CAP_SHARDS }, () => new CapShard(each))
  }

  /** Adds to a count, which is never below 0; it is kept at least until `expiresMs`, memory permitting. */
  add(subject: string, counter: string, window: number, by: number, expiresMs: number, nowMs: number): void {
    this.#shard(subject).add(subject, this.#numberOf(counter), window, by, expiresMs, nowMs)
  }

  /** The counts of a person that have not expired, in no order. */
  counts(subject: string, nowMs: number): (Omit<Count, 'counter'> & { counter: string })[] {
    const found = this.#shard(subject).counts(subject, nowMs)
    return found.map(({ counter, ...rest }) => ({ ...rest, counter: this.#names[counter]! }))
  }

  /** How many counts were forgotten. */
  erase(subject: string): number {
    return this.#shard(subject).erase(subject)
  }

  /** Frees what has expired in the next shard; called now and then it goes round them all. */
  sweep(nowMs: number): void {
    this.#shards[this.#swept]!.sweep(nowMs)
    this.#swept = (this.#swept + 1) % CAP_SHARDS
  }

  /** Counts kept, and people dropped for want of room since the start. */
  get size(): { counts: number; people: number; dropped: number } {
    const total = { counts: 0, people: 0, dropped: 0 }
    for (const shard of this.#shards) {
      total.counts += shard.kept
      total.people += shard.people
      total.dropped += shard.dropped
    }
    return total
  }

  #shard(subject: string): CapShard {
    return this.#shards[capShardOf(subject)]!
  }

  /** One short text per owner that ever had a cap: they are few beside the people. */
  #numberOf(counter: string): number {
    let number = this.#numbers.get(counter)
    if (number === undefined) {
      number = this.#names.push(counter) - 1
      this.#numbers.set(counter, number)
    }
    return number
  }
}
