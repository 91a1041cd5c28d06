/** A change of a count that other processes do not know of yet. */
export type CapDelta = {
  readonly subject: string
  readonly counter: string
  readonly window: number
  readonly by: number
  readonly expiresMs: number
}

/** What was counted since it was last written down: one entry per count, bounded. */
export class CapDeltas {
  readonly #waiting = new Map<string, CapDelta>()
  /** Changes that were forgotten because Redis was away for too long; they still bind in this process. */
  lost = 0

  /** @param most changes that wait, at least 1 */
  constructor(private readonly most: number) {}

  get size(): number {
    return this.#waiting.size
  }

  add(delta: CapDelta): void {
    const key = `${delta.subject}|${delta.counter}|${delta.window}`
    const known = this.#waiting.get(key)
    const by = delta.by + (known?.by ?? 0)
    if (by === 0) return void this.#waiting.delete(key)
    if (known === undefined && this.#waiting.size >= this.most) {
      this.lost++
      return
    }
    const expiresMs = Math.max(delta.expiresMs, known?.expiresMs ?? 0)
    this.#waiting.set(key, { ...delta, by, expiresMs })
  }

  /** Takes out up to `most`, the oldest first. */
  take(most: number): CapDelta[] {
    const taken: CapDelta[] = []
    for (const [key, delta] of this.#waiting) {
      if (taken.length >= most) break
      taken.push(delta)
      this.#waiting.delete(key)
    }
    return taken
  }

  erase(subject: string): void {
    for (const [key, delta] of this.#waiting) if (delta.subject === subject) this.#waiting.delete(key)
  }
}
