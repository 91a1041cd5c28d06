const FIRST_ROOM = 64
const SECOND_MS = 1_000
const NONE = -1

export type Count = { readonly counter: number; readonly window: number; readonly count: number }
type Columns = {
  readonly counter: Uint32Array
  readonly window: Uint32Array
  readonly count: Uint32Array
  /** Whole seconds since 1970, rounded up. */
  readonly expires: Uint32Array
  readonly next: Int32Array
}

/** A part of the people: chains of counts in typed arrays that grow to a bound. */
export class CapShard {
  /** By person, the one counted longest ago first: the first count of the chain. */
  readonly #heads = new Map<string, number>()
  #columns: Columns
  #used = 0
  #free = NONE
  kept = 0
  dropped = 0

  /** @param most counts that may be kept, at least 1 */
  constructor(private readonly most: number) {
    this.#columns = columnsOf(Math.min(most, FIRST_ROOM))
  }

  get people(): number {
    return this.#heads.size
  }

  add(subject: string, counter: number, window: number, by: number, expiresMs: number, nowMs: number): void {
    const expires = Math.ceil(expiresMs / SECOND_MS)
    const known = this.#find(subject, counter, window)
    const at = known === NONE ? this.#take(nowMs) : known
    const { count, expires: until, next } = this.#columns
    if (known === NONE) {
      this.#columns.counter[at] = counter
      this.#columns.window[at] = window
      count[at] = 0
      until[at] = 0
      next[at] = this.#heads.get(subject) ?? NONE
    }
    count[at] = Math.max(0, count[at]! + by)
    until[at] = Math.max(until[at]!, expires)
    const head = known === NONE ? at : this.#heads.get(subject)!
    this.#heads.delete(subject)
    this.#heads.set(subject, head)
  }

  counts(subject: string, nowMs: number): Count[] {
    const { counter, window, count, expires, next } = this.#columns
    const found: Count[] = []
    for (let at = this.#heads.get(subject) ?? NONE; at !== NONE; at = next[at]!) {
      if (expires[at]! * SECOND_MS <= nowMs) continue
      found.push({ counter: counter[at]!, window: window[at]!, count: count[at]! })
    }
    return found
  }

  erase(subject: string): number {
    let erased = 0
    for (let at = this.#heads.get(subject) ?? NONE; at !== NONE; erased++) {
      const next = this.#columns.next[at]!
      this.#release(at)
      at = next
    }
    this.#heads.delete(subject)
    return erased
  }

  sweep(nowMs: number): void {
    const { expires, next } = this.#columns
    for (const [subject, head] of this.#heads) {
      let first = NONE
      for (let at = head; at !== NONE;) {
        const following = next[at]!
        if (expires[at]! * SECOND_MS <= nowMs) this.#release(at)
        else {
          next[at] = first
          first = at
        }
        at = following
      }
      if (first === NONE) this.#heads.delete(subject)
      else this.#heads.set(subject, first)
    }
  }

  #find(subject: string, counter: number, window: number): number {
    const columns = this.#columns
    let at = this.#heads.get(subject) ?? NONE
    while (at !== NONE && (columns.counter[at] !== counter || columns.window[at] !== window)) {
      at = columns.next[at]!
    }
    return at
  }

  /** Room for a count; in a full shard that of somebody who was counted longest ago. */
  #take(nowMs: number): number {
    if (this.#free === NONE && this.#used === this.#columns.next.length) this.#makeRoom(nowMs)
    this.kept++
    if (this.#free === NONE) return this.#used++
    const at = this.#free
    this.#free = this.#columns.next[at]!
    return at
  }

  #makeRoom(nowMs: number): void {
    const room = this.#columns.next.length
    if (room < this.most) {
      this.#columns = columnsOf(Math.min(this.most, room * 2), this.#columns)
      return
    }
    this.sweep(nowMs)
    while (this.#free === NONE) {
      this.erase(this.#heads.keys().next().value!)
      this.dropped++
    }
  }

  #release(at: number): void {
    this.#columns.next[at] = this.#free
    this.#free = at
    this.kept--
  }
}

function columnsOf(room: number, old?: Columns): Columns {
  const columns: Columns = {
    counter: new Uint32Array(room),
    window: new Uint32Array(room),
    count: new Uint32Array(room),
    expires: new Uint32Array(room),
    next: new Int32Array(room),
  }
  if (old) for (const name of Object.keys(columns) as (keyof Columns)[]) columns[name].set(old[name])
  return columns
}
