import type { DeliveryStateSection } from '#modules/campaigns/contract'
import { clearBit, setBit } from '#modules/matching/hot/bits'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'
import { rewrite, type LiveRow } from '#modules/matching/hot/live_row'
import { setPassShares } from '#modules/matching/hot/throttle'
import { forgetUrgency, type Urgency } from '#modules/matching/hot/urgency'

/** Why a line item has stopped for good or for the day; null = it has money and goal left. */
export type Exhaustion = 'budget_spent' | 'goal_reached' | null

/** What the delivery state says of each line item, by number; kept for `explain`. */
export class DeliveryProgress {
  readonly exhaustion: Exhaustion[]

  constructor(
    private readonly index: CandidateIndex,
    private readonly live: LiveRow,
    private readonly urgency: Urgency
  ) {
    this.exhaustion = index.lineItems.map(() => null)
  }

  /** Takes a section: one pass over the line items, about 0.1 µs each; no rebuild. */
  take(state: DeliveryStateSection): void {
    this.index.lineItems.forEach((lineItem, line) => {
      if (lineItem === null) return
      let left = 0
      if (lineItem.goal !== null) {
        left = lineItem.goal.quantity - (state.delivered.get(lineItem.id)?.[lineItem.goal.type] ?? 0)
      }
      this.urgency.left[line] = left
      const reached = lineItem.goal !== null && left <= 0
      const spent =
        state.spentCampaigns.has(lineItem.campaignId) || state.spentLineItems?.has(lineItem.id) === true
      this.exhaustion[line] = spent ? 'budget_spent' : reached ? 'goal_reached' : null
      if (this.exhaustion[line] === null) setBit(this.live.funded, line)
      else clearBit(this.live.funded, line)
    })
    setPassShares(this.index, state.pacing)
    rewrite(this.index, this.live)
    forgetUrgency(this.urgency)
  }
}
