import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Campaigns } from '#modules/campaigns/contract'
import { createDemand, createSupply, pricedLine } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

const CAPS = [
  { impressions: 3, per: 'day' },
  { impressions: 1, per: { minutes: 30 } },
]

test.group('delivery rules through the API', () => {
  test('are kept as said and reach the snapshot', async ({ client, assert }) => {
    const world = await createWorld({ timeZone: 'Europe/Berlin' })
    const api = new Management(client, world.token)
    await createSupply(api)
    const { advertiser, campaign, creative } = await createDemand(api, { timeZone: 'America/New_York' })
    const more = {
      status: 'active',
      frequencyCaps: CAPS,
      exclusionKeys: ['Cars', 'cars', ' vans '],
      adCategories: ['Motoring'],
      roadblock: 'all_or_none',
      price: { model: 'vcpm', amount: '4', currency: 'EUR' },
      goal: { type: 'viewable', quantity: 1000 },
    }
    const line = await api.create('line-items', pricedLine(campaign.id, creative.id, more))
    assert.containsSubset(line, {
      frequencyCaps: CAPS,
      exclusionKeys: ['cars', 'vans'],
      roadblock: 'all_or_none',
    })
    await api.change(`advertisers/${advertiser.id}`, {
      oneAdPerPage: true,
      frequencyCaps: [{ impressions: 9, per: 'lifetime' }],
    })
    await api.change(`campaigns/${campaign.id}`, {
      adCategories: ['travel'],
      frequencyCaps: [{ impressions: 5, per: 'hour' }],
    })
    await api.change(`creatives/${creative.id}`, { frequencyCaps: [{ impressions: 2, per: 'day' }] })
    const campaigns = await app.container.make(Campaigns)
    const { lineItems, caps = [] } = await campaigns.compile(world.organisation.id)
    assert.containsSubset(lineItems[0], {
      exclusionKeys: ['cars', 'vans', `advertiser:${advertiser.id}`],
      adCategories: ['motoring', 'travel'],
      roadblock: 'all_or_none',
      priceModel: 'vcpm',
      price: 4_000_000,
      ecpmMicros: 2_000_000,
      goal: { type: 'viewable', quantity: 1000 },
    })
    const byOwner = Object.fromEntries(caps.map(({ owner, ...rest }) => [owner, rest]))
    assert.deepEqual(byOwner, {
      advertiser: {
        id: advertiser.id,
        timeZone: 'Europe/Berlin',
        rules: [{ impressions: 9, per: 'lifetime' }],
      },
      campaign: { id: campaign.id, timeZone: 'America/New_York', rules: [{ impressions: 5, per: 'hour' }] },
      line_item: { id: line.id, timeZone: 'America/New_York', rules: CAPS },
      creative: { id: creative.id, timeZone: 'Europe/Berlin', rules: [{ impressions: 2, per: 'day' }] },
    })
  })

  test('that cannot be meant are refused, naming the field: {field}')
    .with([
      { field: 'frequencyCaps', change: { frequencyCaps: 'three a day' } },
      { field: 'frequencyCaps.0', change: { frequencyCaps: [3] } },
      { field: 'frequencyCaps.0.impressions', change: { frequencyCaps: [{ impressions: 0, per: 'day' }] } },
      { field: 'frequencyCaps.0.impressions', change: { frequencyCaps: [{ impressions: 1.5, per: 'day' }] } },
      { field: 'frequencyCaps.1.per', change: { frequencyCaps: [CAPS[0], { impressions: 1, per: 'week' }] } },
      { field: 'frequencyCaps.0.per', change: { frequencyCaps: [{ impressions: 1, per: { minutes: 0 } }] } },
      {
        field: 'frequencyCaps.0.per',
        change: { frequencyCaps: [{ impressions: 1, per: { minutes: 5, hours: 1 } }] },
      },
      {
        field: 'frequencyCaps.0.zone',
        change: { frequencyCaps: [{ impressions: 1, per: 'day', zone: 'UTC' }] },
      },
      { field: 'exclusionKeys.0', change: { exclusionKeys: ['advertiser:1'] } },
      { field: 'exclusionKeys.1', change: { exclusionKeys: ['a', ''] } },
      { field: 'adCategories', change: { adCategories: Array.from({ length: 51 }, (_, at) => `c${at}`) } },
      { field: 'adCategories.0', change: { adCategories: [7] } },
      { field: 'roadblock', change: { roadblock: 'all' } },
      { field: 'price.model', change: { price: { model: 'vcpc', amount: '1', currency: 'EUR' } } },
      { field: 'goal.type', change: { goal: { type: 'seen', quantity: 1 } } },
    ])
    .run(async ({ client, assert }, { field, change }) => {
      const world = await createWorld()
      const api = new Management(client, world.token)
      const { campaign, creative } = await createDemand(api)
      const answer = await client
        .post('/api/v1/line-items')
        .bearerToken(world.token)
        .json(pricedLine(campaign.id, creative.id, change))
      assert.equal(answer.status(), 422)
      assert.include(JSON.stringify(answer.body()), `"${field}"`)
    })
})
