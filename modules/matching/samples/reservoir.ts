import type { Random } from '#modules/kernel/random'

const TWO_32 = 4_294_967_296

/**
 * A uniform sample of bounded size of a stream of unknown length.
 * @source Vitter, Random sampling with a reservoir, 1985, algorithm R
 */
export class Reservoir<Item> {
  private items: Item[] = []
  private seen = 0

  constructor(
    private readonly size: number,
    private readonly random: Random
  ) {}

  /** `make` is called only when the item is kept, so what is passed by costs nothing. */
  offer(make: () => Item): void {
    this.seen += 1
    if (this.items.length < this.size) {
      this.items.push(make())
      return
    }
    const at = Math.floor((this.random.uint32() / TWO_32) * this.seen)
    if (at < this.size) this.items[at] = make()
  }

  /** What was kept, and how many offers each kept item stands for; the reservoir is empty afterwards. */
  take(): { items: Item[]; weight: number } {
    const { items, seen } = this
    this.items = []
    this.seen = 0
    return { items, weight: items.length === 0 ? 0 : seen / items.length }
  }
}
