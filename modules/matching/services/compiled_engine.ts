import { setImmediate } from 'node:timers/promises'
import type { DeliveryStateSection, ServingSnapshot } from '#modules/campaigns/contract'
import { MatchEngine, type Match, type MatchInput, type NoServe } from '#modules/matching/contract'
import { compileIndex, compileInSteps } from '#modules/matching/compile/compile_index'
import { hasBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import { decide } from '#modules/matching/hot/decide'
import { bringTo, newLiveRow, setOpen, type LiveRow } from '#modules/matching/hot/live_row'
import { newRequest, type HotRequest } from '#modules/matching/hot/request'
import { runsAt } from '#modules/matching/hot/timed_creatives'
import { newUrgency, type Urgency } from '#modules/matching/hot/urgency'
import { passes } from '#modules/matching/hot/throttle'
import { DeliveryProgress } from '#modules/matching/services/delivery_progress'
import { firstReason, lostBecause } from '#modules/matching/services/explain'

/** The bitset engine behind the contract; the arithmetic is in `hot/`. */
export class CompiledEngine extends MatchEngine {
  readonly #index: CandidateIndex
  readonly #live: LiveRow
  readonly #urgency: Urgency
  readonly #request: HotRequest
  readonly #progress: DeliveryProgress

  /** @throws SnapshotInvalidException; see `compileIndex` */
  constructor(
    readonly snapshot: ServingSnapshot,
    index: CandidateIndex = compileIndex(snapshot)
  ) {
    super()
    this.#index = index
    this.#live = newLiveRow(this.#index)
    this.#urgency = newUrgency(this.#index)
    this.#request = newRequest(this.#index)
    this.#progress = new DeliveryProgress(this.#index, this.#live, this.#urgency)
  }

  /** Builds an engine in steps and lets the event loop turn between them, so that requests in flight are answered. */
  static async build(snapshot: ServingSnapshot): Promise<CompiledEngine> {
    const steps = compileInSteps(snapshot)
    let step = steps.next()
    while (!step.done) {
      await setImmediate()
      step = steps.next()
    }
    return new CompiledEngine(snapshot, step.value)
  }

  decide(input: MatchInput): Match | null {
    const match = decide(this.#index, this.#live, this.#urgency, this.#request, input)
    return match < 0 ? null : this.#index.matches[match]
  }

  setState(state: DeliveryStateSection): void {
    this.#progress.take(state)
  }

  /** Number of a line item for `setOpen`; -1 when the snapshot does not hold it. */
  numberOf(lineItemId: string): number {
    return this.#index.numberOf.get(lineItemId) ?? -1
  }

  /** Holds or releases a line item at once, until the next engine takes over; an unknown number changes nothing. */
  setOpen(lineItemNumber: number, open: boolean): void {
    if (this.#index.lineItems[lineItemNumber]) setOpen(this.#index, this.#live, lineItemNumber, open)
  }

  /** Reads the snapshot anew, line by line; only the winner comes from the index. For people, not for the path. */
  explain(input: MatchInput): ReadonlyMap<string, NoServe | null> {
    const winner = this.decide(input)
    const winnerUsed = winner === null || input.used.has(winner.lineItem.id)
    const placement = this.snapshot.placements.find(({ id }) => id === input.placementId) ?? null
    bringTo(this.#index, this.#live, input.nowMs)
    const { schedule, throttle, matches, creativeStart, numberOf, predicates } = this.#index
    const details = this.#request.details.take(input)
    const reasons = new Map<string, NoServe | null>()
    const creativesOf = (line: number) =>
      matches.slice(creativeStart[line], creativeStart[line + 1]).map(({ creative }) => creative)
    for (const lineItem of this.snapshot.lineItems) {
      const number = numberOf.get(lineItem.id) ?? -1
      const reason = firstReason({
        lineItem,
        input,
        placement,
        held: !hasBit(this.#live.open, number),
        withinDayparts: schedule.groupRuns[schedule.groupOf[number]] === 1,
        exhaustion: this.#progress.exhaustion[number],
        paced: !passes(throttle, number, input.draw[1]),
        predicates: predicates[number] ?? [],
        details,
        creatives: creativesOf(number),
        creativeSizes: creativesOf(number).filter((creative) => runsAt(creative, input.nowMs)),
      })
      const won = winner !== null && winner.lineItem.id === lineItem.id
      reasons.set(
        lineItem.id,
        won ? null : (reason ?? lostBecause(lineItem, input.used.has(lineItem.id), winnerUsed))
      )
    }
    return reasons
  }
}
