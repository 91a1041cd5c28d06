import type { DeliveryStateSection, ServingSnapshot } from '#modules/campaigns/contract'
import { MatchEngine, type Match, type MatchInput, type NoServe } from '#modules/matching/contract'
import { EMPTY_STATE, naiveDecide } from '#tests/support/naive_evaluator'

/** The oracle in the shape of an engine, so that both pass the same contract suite. */
export class NaiveEngine extends MatchEngine {
  #state = EMPTY_STATE

  constructor(readonly snapshot: ServingSnapshot) {
    super()
  }

  decide(input: MatchInput): Match | null {
    const { winner } = naiveDecide(this.snapshot, this.#state, input)
    const lineItem = this.snapshot.lineItems.find(({ id }) => id === winner?.lineItemId)
    const creative = this.snapshot.creatives.find(({ id }) => id === winner?.creativeId)
    return lineItem && creative ? { lineItem, creative } : null
  }

  explain(input: MatchInput): ReadonlyMap<string, NoServe | null> {
    return naiveDecide(this.snapshot, this.#state, input).reasons
  }

  setState(state: DeliveryStateSection): void {
    this.#state = state
  }
}
