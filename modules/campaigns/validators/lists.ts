/** What the lists of demand can be sorted by, narrowed by and searched in. */
import { collection, equals, filterBy, oneOf } from '#modules/kernel/http/collection'
import { uuidId } from '#modules/kernel/http/rules'
import { TIERS } from '#modules/campaigns/contract'
import { CREATIVE_TYPES } from '#modules/campaigns/models/creative'

const sorts = (table: string) => ({
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  name: { sql: `lower(${table}.name)` },
  status: 'status',
})
const plainStatus = oneOf('status', ['active', 'paused', 'archived'])
const draftedStatus = oneOf('status', ['draft', 'active', 'paused', 'archived'])
const advertiserId = equals('advertiser_id', uuidId<'advertiser'>())

export const advertiserLists = collection({
  table: 'campaigns_advertisers',
  sort: sorts('campaigns_advertisers'),
  defaultSort: '-createdAt',
  search: ['name', 'domain'],
  filters: { status: plainStatus },
})

export const campaignLists = collection({
  table: 'campaigns_campaigns',
  sort: {
    ...sorts('campaigns_campaigns'),
    startsAt: 'starts_at',
    endsAt: { sql: `coalesce(campaigns_campaigns.ends_at, 'infinity')` },
  },
  defaultSort: '-createdAt',
  search: ['name'],
  filters: { status: draftedStatus, advertiserId },
})

export const lineItemLists = collection({
  table: 'campaigns_line_items',
  sort: { ...sorts('campaigns_line_items'), tier: 'tier' },
  defaultSort: '-createdAt',
  search: ['name'],
  filters: {
    status: draftedStatus,
    tier: oneOf('tier', TIERS),
    campaignId: equals('campaign_id', uuidId<'campaign'>()),
    advertiserId,
    creativeId: filterBy(uuidId<'creative'>(), (query, id) => {
      void query.whereIn('id', (links) => {
        void links.from('campaigns_line_item_creatives').select('line_item_id').where('creative_id', id)
      })
    }),
  },
})

export const creativeLists = collection({
  table: 'campaigns_creatives',
  sort: sorts('campaigns_creatives'),
  defaultSort: '-createdAt',
  search: ['name', 'landing_url'],
  filters: { status: plainStatus, type: oneOf('type', CREATIVE_TYPES), advertiserId },
})

export const pixelLists = collection({
  table: 'campaigns_pixels',
  sort: sorts('campaigns_pixels'),
  defaultSort: '-createdAt',
  search: ['name'],
  filters: { status: plainStatus, advertiserId },
})
