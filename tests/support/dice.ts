import type { Id } from '#modules/kernel/ids'
import type { Random } from '#modules/kernel/random'

/** Picks made from a random source; the same source makes the same picks. */
export class Dice {
  constructor(private readonly random: Random) {}

  uint32(): number {
    return this.random.uint32()
  }

  /** A whole number from 0 to `count` - 1, for counts up to 2^53 / 2^32 and, coarser, above. */
  below(count: number): number {
    return Math.floor((this.random.uint32() / 2 ** 32) * count)
  }

  chance(probability: number): boolean {
    return this.random.uint32() < probability * 2 ** 32
  }

  /** Each element with the same chance; the list is not empty. */
  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]
  }

  /** Early elements far more often than late ones: of 100, the first ten come about every second time. */
  skewed<Value>(values: readonly Value[]): Value {
    return values[Math.floor(values.length * (this.random.uint32() / 2 ** 32) ** 3)]
  }

  maybe<Value>(probability: number, make: () => Value): Value | null {
    return this.chance(probability) ? make() : null
  }

  times<Value>(count: number, make: (at: number) => Value): Value[] {
    return Array.from({ length: count }, (_, at) => make(at))
  }

  /** A uuid of version 7 in form; its time is random too. */
  id<Kind extends string>(): Id<Kind> {
    const hex = () => this.random.uint32().toString(16).padStart(8, '0')
    const [a, b, c, d] = [hex(), hex(), hex(), hex()]
    return `${a}-${b.slice(0, 4)}-7${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}` as Id<Kind>
  }
}
