import { inject } from '@adonisjs/core'
import { PERMISSIONS, type Principal } from '#modules/identity/contract'
import type { Id } from '#modules/kernel/ids'
import { CampaignsProvisioning } from '#modules/campaigns/contract'
import Advertisers from '#modules/campaigns/services/advertisers'
import CampaignBook from '#modules/campaigns/services/campaign_book'
import Creatives from '#modules/campaigns/services/creatives'
import LineItems from '#modules/campaigns/services/line_items'
import {
  advertiserInput,
  campaignInput,
  creativeInput,
  lineItemInput,
} from '#modules/campaigns/validators/inputs'

type Data = Record<string, unknown>

/** Seeds demand by the same validators and rules as the API. */
@inject()
export default class LocalCampaignsProvisioning extends CampaignsProvisioning {
  constructor(
    private advertisers: Advertisers,
    private book: CampaignBook,
    private lineItems: LineItems,
    private creatives: Creatives
  ) {
    super()
  }

  async createAdvertiser(organisationId: Id<'organisation'>, data: Data) {
    const input = await advertiserInput.validate(data)
    return (await this.advertisers.create(operator(organisationId), input)).id as Id<'advertiser'>
  }

  async createCampaign(organisationId: Id<'organisation'>, data: Data) {
    const input = await campaignInput.validate(data)
    return (await this.book.create(operator(organisationId), input)).id as Id<'campaign'>
  }

  async createLineItem(organisationId: Id<'organisation'>, data: Data) {
    const input = await lineItemInput.validate(data)
    return (await this.lineItems.create(operator(organisationId), input)).id as Id<'line_item'>
  }

  async createCreative(organisationId: Id<'organisation'>, data: Data, file?: Buffer) {
    const input = await creativeInput.validate(data)
    const made = await this.creatives.createFrom(operator(organisationId), input, file ?? null)
    return made.id as Id<'creative'>
  }
}

/** Whoever runs the platform: may do everything in the organisation and is nobody in its audit log. */
function operator(organisationId: Id<'organisation'>): Principal {
  const permissions = new Set(PERMISSIONS)
  return { organisationId, personId: null, tokenId: null, role: 'owner', parties: null, permissions }
}
