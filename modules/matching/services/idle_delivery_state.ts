import { DeliveryState, type DeliveryStateSection } from '#modules/campaigns/contract'

const NOTHING: DeliveryStateSection = { version: 0, delivered: new Map(), spentCampaigns: new Set() }

/** Stands in where no module reports delivery: nothing delivered, nothing spent. */
export class IdleDeliveryState extends DeliveryState {
  current(): DeliveryStateSection {
    return NOTHING
  }
}
