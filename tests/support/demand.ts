import { newId } from '#modules/kernel/ids'
import type { Management } from '#tests/support/management'

/** A site with one placement, made over the API. */
export async function createSupply(api: Management) {
  const publisher = await api.create('publishers', { name: `Publisher ${newId()}` })
  const site = await api.create('sites', {
    publisherId: publisher.id,
    name: 'News',
    domain: 'news.example',
  })
  const placement = await api.create('placements', {
    siteId: site.id,
    name: 'Top',
    sizes: [{ width: 300, height: 250 }],
  })
  return { publisher, site, placement }
}

export const markupCreative = (advertiserId: string, more: Record<string, unknown> = {}) => ({
  advertiserId,
  name: 'Markup',
  markup: '<a href="%%CLICK%%">Buy</a>',
  width: 300,
  height: 250,
  landingUrl: 'https://shop.example/',
  ...more,
})

/** An advertiser with an active campaign from 2026-11-01 to 2099-12-31 and a creative, made over the API. */
export async function createDemand(api: Management, campaign: Record<string, unknown> = {}) {
  const advertiser = await api.create('advertisers', { name: `Advertiser ${newId()}` })
  const booked = await api.create('campaigns', {
    advertiserId: advertiser.id,
    name: 'Campaign',
    startsAt: '2026-11-01',
    endsAt: '2099-12-31',
    status: 'active',
    ...campaign,
  })
  const creative = await api.create('creatives', markupCreative(advertiser.id))
  return { advertiser, campaign: booked, creative }
}

/** Body of a complete line item of the third tier. */
export const pricedLine = (campaignId: string, creativeId: string, more: Record<string, unknown> = {}) => ({
  campaignId,
  name: 'Line',
  tier: 'price_priority',
  price: { model: 'cpm', amount: '1.50', currency: 'EUR' },
  creatives: [{ creativeId, weight: 100 }],
  ...more,
})
