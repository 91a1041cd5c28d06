import type { CapTally, Match, MatchEngine, MatchInput } from '#modules/matching/contract'
import type { PageState } from '#modules/serving/services/page_memory'

/** Told of the input of each slot at the moment of its decision, before the ad counts. */
export type OnDecision = (slot: number, input: MatchInput) => void

/**
 * Decides the slots of a call one after another, so that each knows what the page shows by then: no line item twice
 * while others match, no two that exclude each other, caps counted at once, roadblocks.
 */
export class CallPlan {
  readonly #without = new Set<string>()
  readonly #matches: (Match | null | undefined)[]

  /**
   * @param inputs   one per slot, in order; null for a slot that serves nothing. Their `used`, `capped` and `pageKeys`
   *                 are to be the sets of page and tally
   */
  constructor(
    private readonly engine: MatchEngine,
    private readonly inputs: readonly (MatchInput | null)[],
    private readonly page: PageState,
    private readonly tally: CapTally | null
  ) {
    this.#matches = inputs.map(() => undefined)
  }

  /** The winner of each slot; null where nothing serves. */
  decide(onDecision?: OnDecision): (Match | null)[] {
    for (let slot = 0; slot < this.inputs.length; slot++) {
      if (this.#matches[slot] === undefined) this.#decideFrom(slot, onDecision)
    }
    return this.#matches.map((match) => match ?? null)
  }

  #decideFrom(slot: number, onDecision?: OnDecision): void {
    const asked = this.inputs[slot]
    if (!asked) return void (this.#matches[slot] = null)
    for (;;) {
      const input = this.#without.size === 0 ? asked : { ...asked, without: this.#without }
      const match = this.engine.decide(input)
      const roadblock = match?.lineItem.roadblock ?? 'none'
      if (match && roadblock !== 'none') {
        if (this.#block(slot, match, roadblock === 'all_or_none', onDecision)) return
        this.#without.add(match.lineItem.id)
        continue
      }
      onDecision?.(slot, input)
      this.#matches[slot] = match
      if (match) this.#give(match)
      return
    }
  }

  /**
   * Gives a line item all slots that are still open and that it meets. One that wants all or none must win the first slot
   * of the call and meet every other one; false when it does not, and nothing was given then.
   */
  #block(first: number, winner: Match, allOrNone: boolean, onDecision?: OnDecision): boolean {
    if (allOrNone && first > 0) return false
    const { id: only } = winner.lineItem
    // Its own keys do not keep it from its own roadblock, and a sponsor's share was drawn for the call already.
    const pageKeys = new Set(this.page.keys)
    const taken: { slot: number; match: Match; input: MatchInput }[] = []
    for (let slot = first; slot < this.inputs.length; slot++) {
      const asked = this.inputs[slot]
      if (this.#matches[slot] !== undefined) continue
      const input = asked && { ...asked, only, pageKeys, draw: [0, asked.draw[1]] as const }
      const match = input && this.engine.decide(input)
      if (input && match) {
        this.tally?.count(match)
        taken.push({ slot, match, input })
      } else if (allOrNone) {
        for (const one of taken) this.tally?.uncount(one.match)
        return false
      }
    }
    for (const { slot, match, input } of taken) {
      onDecision?.(slot, input)
      this.#matches[slot] = match
      this.#show(match)
    }
    return true
  }

  #give(match: Match): void {
    this.tally?.count(match)
    this.#show(match)
  }

  #show({ lineItem }: Match): void {
    this.page.used.add(lineItem.id)
    for (const key of lineItem.exclusionKeys ?? []) this.page.keys.add(key)
  }
}
