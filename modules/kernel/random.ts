import { randomFillSync } from 'node:crypto'

/** The random source, injected so that a test may fix it. */
export abstract class Random {
  /** A whole number from 0 to 2^32 - 1. */
  abstract uint32(): number
}

const WORDS = 1024

/** Cryptographic randomness, drawn in blocks so that one number costs nanoseconds. */
export class SystemRandom extends Random {
  private readonly words = new Uint32Array(WORDS)
  private next = WORDS
  uint32(): number {
    if (this.next === WORDS) {
      randomFillSync(this.words)
      this.next = 0
    }
    return this.words[this.next++]!
  }
}

/** Deterministic for tests and seeds (mulberry32, public domain, Tommy Ettinger 2017). */
export class SeededRandom extends Random {
  constructor(private state: number) {
    super()
  }
  uint32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
