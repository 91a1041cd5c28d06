import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Outboxes } from '#modules/kernel/outbox'
import { Tenancy } from '#modules/kernel/tenancy'
import { PartyDirectory } from '#modules/identity/contract'
import { Campaigns, CampaignsProvisioning, SegmentDirectory } from '#modules/campaigns/contract'
import AssetStore from '#modules/campaigns/services/asset_store'
import { NoSegments } from '#modules/campaigns/services/no_segments'
import { advertiserLookup } from '#modules/campaigns/services/advertiser_lookup'

/** Binds the faces of campaigns and mounts its routes where the process hosts it. */
export default class CampaignsProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(AssetStore, async (resolver) => {
      const drive = await resolver.make('drive.manager')
      return new AssetStore(drive.use('creatives'))
    })
    this.app.container.singleton(Campaigns, async (resolver) => {
      const { default: Local } = await import('#modules/campaigns/services/local_campaigns')
      return resolver.make(Local)
    })
    this.app.container.singleton(SegmentDirectory, () => new NoSegments())
    this.app.container.singleton(CampaignsProvisioning, async (resolver) => {
      const { default: Local } = await import('#modules/campaigns/services/provisioning')
      return resolver.make(Local)
    })
  }

  /** Has its news delivered, and lets identity check that a membership's advertiser exists. */
  async boot() {
    const { container } = this.app
    if (hostedModules().includes('campaigns')) (await container.make(Outboxes)).deliver('campaigns')
    const directory = await container.make(PartyDirectory)
    directory.register(
      'advertiser',
      advertiserLookup(() => container.make(Tenancy))
    )
  }

  async start() {
    if (hostedModules().includes('campaigns')) await import('#modules/campaigns/routes')
  }
}
