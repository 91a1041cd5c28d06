/**
 * A map that forgets the entry used longest ago when it is full. For answers that are pure functions of their key:
 * forgetting one costs time, never truth.
 */
export class BoundedCache<Value> {
  private readonly entries = new Map<string, Value>()

  /** @param capacity entries, at least 1 */
  constructor(private readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity ${capacity} is not a whole number of at least 1`)
    }
  }

  get size(): number {
    return this.entries.size
  }

  /** The value, now the most recently used; undefined when it is not (or no longer) kept. */
  get(key: string): Value | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.entries.delete(key)
    if (this.entries.size >= this.capacity) this.entries.delete(this.entries.keys().next().value!)
    this.entries.set(key, value)
  }
}
