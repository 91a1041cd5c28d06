const WORDS = 4
const FULLEST = 0.7
const FIRST_SLOTS = 1_024

/**
 * Sets of segments by 16-byte reference, in typed arrays: 20 bytes a slot, at most 70 % of them taken. References are
 * MACs, so their first word is as good a hash as any. A person who left keeps the slot, with the empty set.
 */
export class RefTable {
  private keys = new Uint32Array(FIRST_SLOTS * WORDS)
  private sets = new Uint32Array(FIRST_SLOTS)
  private taken = 0
  private readonly segments: string[] = []
  private readonly numberOf = new Map<string, number>()
  /** Sets by number: 0 = slot is free, 1 = the empty set. */
  private readonly members: number[][] = [[], []]
  private readonly setOf = new Map<string, number>([['', 1]])

  /** People known, those who left included. */
  get size(): number {
    return this.taken
  }
  /** Bytes of the arrays. */
  get bytes(): number {
    return this.keys.byteLength + this.sets.byteLength
  }

  /** Ids of the segments of a reference; empty when it is in none. */
  of(ref: Buffer): readonly string[] {
    const set = this.sets[this.slotOf(ref)]!
    return set <= 1 ? [] : this.members[set]!.map((segment) => this.segments[segment]!)
  }

  /** Lets a reference join or leave a segment. */
  put(ref: Buffer, segmentId: string, joins: boolean): void {
    let slot = this.slotOf(ref)
    if (this.sets[slot] === 0) {
      if (!joins) return
      if (this.taken + 1 > this.sets.length * FULLEST) {
        this.grow()
        slot = this.slotOf(ref)
      }
      for (let word = 0; word < WORDS; word++) this.keys[slot * WORDS + word] = ref.readUInt32LE(word * 4)
      this.sets[slot] = 1
      this.taken += 1
    }
    this.sets[slot] = this.changed(this.sets[slot]!, this.number(segmentId), joins)
  }

  private number(segmentId: string): number {
    const known = this.numberOf.get(segmentId)
    if (known !== undefined) return known
    this.numberOf.set(segmentId, this.segments.push(segmentId) - 1)
    return this.segments.length - 1
  }

  private changed(set: number, segment: number, joins: boolean): number {
    const before = this.members[set]!
    if (before.includes(segment) === joins) return set
    const after = joins
      ? [...before, segment].sort((left, right) => left - right)
      : before.filter((one) => one !== segment)
    const name = after.join(',')
    const known = this.setOf.get(name)
    if (known !== undefined) return known
    this.members.push(after)
    this.setOf.set(name, this.members.length - 1)
    return this.members.length - 1
  }

  /** Slot of the reference, or the free one where it belongs. */
  private slotOf(ref: Buffer): number {
    const mask = this.sets.length - 1
    const [a, b, c, d] = [ref.readUInt32LE(0), ref.readUInt32LE(4), ref.readUInt32LE(8), ref.readUInt32LE(12)]
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      if (this.sets[slot] === 0) return slot
      const at = slot * WORDS
      const { keys } = this
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot
    }
  }

  private grow(): void {
    const { keys, sets } = this
    this.keys = new Uint32Array(keys.length * 2)
    this.sets = new Uint32Array(sets.length * 2)
    const mask = this.sets.length - 1
    for (const [old, set] of sets.entries()) {
      if (set === 0) continue
      let slot = keys[old * WORDS]! & mask
      while (this.sets[slot] !== 0) slot = (slot + 1) & mask
      this.sets[slot] = set
      this.keys.set(keys.subarray(old * WORDS, old * WORDS + WORDS), slot * WORDS)
    }
  }
}
