import { inject } from '@adonisjs/core'
import { Campaigns } from '#modules/campaigns/contract'
import type { OrganisationUpdated } from '#modules/identity/events'

/** Snapshots hold the organisation's time zone: when that changes, serving takes a new one. */
@inject()
export default class RenewSnapshot {
  constructor(private campaigns: Campaigns) {}

  async handle({ organisationId, changed }: OrganisationUpdated) {
    if (changed.includes('timeZone')) await this.campaigns.touch(organisationId)
  }
}
