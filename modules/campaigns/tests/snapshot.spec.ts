import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { InventoryProvisioning } from '#modules/inventory/contract'
import { Clock, FrozenClock } from '#modules/kernel/time'
import { newId } from '#modules/kernel/ids'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Campaigns, CampaignsProvisioning } from '#modules/campaigns/contract'
import { createDemand, createSupply, markupCreative, pricedLine } from '#tests/support/demand'
import { flat } from '#tests/support/images'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

const cpm = (amount: string) => ({ model: 'cpm', amount, currency: 'EUR' })

test.group('the serving snapshot', () => {
  test('holds what decisions need, as plain JSON, in one order', async ({ client, assert }) => {
    const world = await createWorld({ timeZone: 'America/New_York' })
    const api = new Management(client, world.token)
    const { placement } = await createSupply(api)
    const { advertiser, campaign, creative } = await createDemand(api, {
      budgetTotal: { amount: '10.000000001', currency: 'EUR' },
    })
    const more = {
      startsAt: '2026-11-05T00:00:00Z',
      endsAt: '2098-01-01T00:00:00Z',
      targeting: { countries: { include: ['de'] }, placements: { include: [placement.id] } },
      status: 'active',
    }
    const priced = await api.create('line-items', pricedLine(campaign.id, creative.id, more))
    const clicks = { price: { model: 'cpc', amount: '0.123456789', currency: 'EUR' }, status: 'active' }
    const clicked = await api.create('line-items', pricedLine(campaign.id, creative.id, clicks))
    const house = { tier: 'house', price: null, status: 'active' }
    const free = await api.create('line-items', pricedLine(campaign.id, creative.id, house))
    const campaigns = await app.container.make(Campaigns)
    const snapshot = await campaigns.compile(world.organisation.id)
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot)
    assert.containsSubset(snapshot, { format: 1, currency: 'EUR', timeZone: 'America/New_York' })
    const { compiledAt, ...state } = snapshot
    const { compiledAt: later, ...same } = await campaigns.compile(world.organisation.id)
    assert.deepEqual(same, state)
    assert.isAtLeast(later, compiledAt)
    assert.deepEqual(
      snapshot.placements.map((one) => one.id as string),
      [placement.id]
    )
    assert.deepEqual(snapshot.lineItems[0] as unknown, {
      id: priced.id,
      campaignId: campaign.id,
      advertiserId: advertiser.id,
      tier: 'price_priority',
      priceModel: 'cpm',
      price: 1_500_000,
      ecpmMicros: 1_500_000,
      startsAt: Date.UTC(2026, 10, 5),
      endsAt: Date.UTC(2098, 0, 1),
      timeZone: 'America/New_York',
      goal: null,
      shareOfVoice: null,
      targeting: { countries: { include: ['DE'] }, placements: { include: [placement.id] } },
      creatives: [{ creativeId: creative.id, weight: 100 }],
    })
    assert.containsSubset(snapshot.lineItems[1], {
      id: clicked.id,
      priceModel: 'cpc',
      price: 123_456_789,
      ecpmMicros: 123_456,
      startsAt: Date.UTC(2026, 10, 1, 4), // the campaign's first day begins in New York
      endsAt: Date.UTC(2100, 0, 1, 5),
    })
    assert.containsSubset(snapshot.lineItems[2], { id: free.id, tier: 'house', price: 0, ecpmMicros: 0 })
    assert.deepEqual(snapshot.budgets as unknown, [
      {
        campaignId: campaign.id,
        timeZone: 'America/New_York',
        totalNanos: '10000000001',
        dailyNanos: null,
      },
    ])
    assert.deepEqual(
      await campaigns.compile(world.organisation.id).then((one) => one.version),
      snapshot.version
    )
    assert.equal((await campaigns.versions()).get(world.organisation.id), snapshot.version)
  })

  test('a line item is in it only while all that it hangs on is active', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { advertiser, campaign, creative } = await createDemand(api)
    const line = await api.create('line-items', pricedLine(campaign.id, creative.id, { status: 'active' }))
    const campaigns = await app.container.make(Campaigns)
    let version = 0
    const compiled = async () => {
      const snapshot = await campaigns.compile(world.organisation.id)
      assert.isAbove(snapshot.version, version)
      version = snapshot.version
      return snapshot
    }
    assert.lengthOf((await compiled()).lineItems, 1)
    for (const path of [
      `advertisers/${advertiser.id}`,
      `campaigns/${campaign.id}`,
      `line-items/${line.id}`,
      `creatives/${creative.id}`,
    ]) {
      for (const verb of ['pause', 'archive', 'restore']) {
        await api.act(`${path}/${verb}`)
        const snapshot = await compiled()
        assert.lengthOf(snapshot.lineItems, 0, `${path} ${verb}`)
        assert.lengthOf(snapshot.budgets, 0)
        assert.lengthOf(snapshot.creatives, 1, 'clicks of old ads still find their landing page')
        assert.equal(snapshot.creatives[0]!.landingUrl, 'https://shop.example/')
      }
      await api.act(`${path}/activate`)
      assert.lengthOf((await compiled()).lineItems, 1, path)
    }
  })

  test('what is over is left out, what has not begun is in', async ({ client, assert }) => {
    const world = await createWorld({ timeZone: 'UTC' })
    const api = new Management(client, world.token)
    const { campaign, creative } = await createDemand(api, { startsAt: '2026-01-01', endsAt: null })
    const terms: [string, Record<string, unknown>][] = [
      ['over', { startsAt: '2026-01-01', endsAt: '2026-01-31' }],
      ['open', {}],
      ['future', { startsAt: '2098-01-01' }],
      ['until 2097', { endsAt: '2097-12-31' }],
    ]
    for (const [name, term] of terms) {
      await api.create(
        'line-items',
        pricedLine(campaign.id, creative.id, { name, status: 'active', ...term })
      )
    }
    const campaigns = await app.container.make(Campaigns)
    const inAt = async (at: number) => {
      app.container.swap(Clock, () => new FrozenClock(at))
      try {
        const { default: Compiler } = await import('#modules/campaigns/services/snapshot_compiler')
        const compiler = await app.container.make(Compiler)
        const { lineItems } = await compiler.compile(world.organisation.id)
        const names = await campaigns.names(
          world.organisation.id,
          lineItems.map((one) => one.id)
        )
        return [...names.values()].sort()
      } finally {
        app.container.restore(Clock)
      }
    }
    assert.deepEqual(await inAt(Date.UTC(2026, 0, 31, 23, 59)), ['future', 'open', 'over', 'until 2097'])
    assert.deepEqual(await inAt(Date.UTC(2026, 1, 1)), ['future', 'open', 'until 2097'])
    assert.deepEqual(await inAt(Date.UTC(2098, 0, 1)), ['future', 'open'])
  })

  test('seeding makes the same things by the same rules', async ({ assert }) => {
    const world = await createWorld()
    const { id } = world.organisation
    const supply = await app.container.make(InventoryProvisioning)
    const demand = await app.container.make(CampaignsProvisioning)
    const publisherId = await supply.createPublisher(id, { name: 'P' })
    const siteId = await supply.createSite(id, { publisherId, name: 'S', domain: 's.example' })
    await supply.createPlacement(id, { siteId, name: 'Top', sizes: [{ width: 300, height: 250 }] })
    const advertiserId = await demand.createAdvertiser(id, { name: 'A' })
    const banner = { advertiserId, name: 'B', landingUrl: 'https://a.example/' }
    const creativeId = await demand.createCreative(id, banner, await flat(300, 250).png().toBuffer())
    const campaignId = await demand.createCampaign(id, { advertiserId, name: 'C', status: 'active' })
    const line = pricedLine(campaignId, creativeId, { status: 'active' })
    await demand.createLineItem(id, line)
    await assert.rejects(() => demand.createLineItem(id, { ...line, price: cpm('-1') }))
    await assert.rejects(() => demand.createLineItem(id, { ...line, campaignId: newId() }))
    const campaigns = await app.container.make(Campaigns)
    const snapshot = await campaigns.compile(id)
    assert.lengthOf(snapshot.lineItems, 1)
    assert.match(snapshot.creatives[0]!.assetPath ?? '', /^\/c\//)
    const page = await campaigns.list(world.principal, { search: 'c', sort: 'name' })
    assert.containsSubset(page, {
      total: 1,
      rows: [{ advertiserName: 'A', phase: 'live', lineItemCount: 1 }],
    })
    const detail = await campaigns.detail(world.principal, campaignId)
    assert.containsSubset(detail, { lineItems: [{ price: cpm('1.500000000'), creatives: [{ name: 'B' }] }] })
    assert.equal(await campaigns.setStatus(world.principal, campaignId, 'paused', 'Test'), 'done')
    assert.containsSubset(await campaigns.detail(world.principal, campaignId), { statusReason: 'Test' })
    assert.property(await campaigns.setStatus(world.principal, campaignId, 'draft', null), 'refused')
    assert.equal(await campaigns.setStatus(world.principal, newId(), 'paused', null), 'not_found')
    const { principal: viewer } = await world.person('viewer')
    assert.property(await campaigns.setStatus(viewer, campaignId, 'active', null), 'refused')
    const stranger = await createWorld()
    assert.isNull(await campaigns.detail(stranger.principal, campaignId))
    assert.equal((await campaigns.list(stranger.principal, {})).total, 0)
    assert.lengthOf(await campaigns.lineItemsOf(id, { campaignIds: [campaignId] }), 1)
    assert.lengthOf(await campaigns.lineItemsOf(id, { advertiserIds: [newId()] }), 0)
  })

  test('10,000 line items compile within seconds, in a handful of queries', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { campaign, creative, advertiser } = await createDemand(api)
    await api.create('creatives', markupCreative(advertiser.id))
    const tenancy = await app.container.make(Tenancy)
    await tenancy.transaction(world.organisation.id, (trx) => multiply(trx, campaign.id, creative.id))
    const campaigns = await app.container.make(Campaigns)
    const start = performance.now()
    const snapshot = await campaigns.compile(world.organisation.id)
    const seconds = (performance.now() - start) / 1000
    assert.lengthOf(snapshot.lineItems, 10_000)
    assert.isBelow(seconds, 4, `took ${seconds.toFixed(2)} s`)
    const listing = performance.now()
    assert.equal((await api.read('line-items?limit=200&sort=name&q=line')).total, 10_000)
    assert.isBelow(performance.now() - listing, 2_000)
  })
})

/** 10,000 active lines of one campaign, written by the database itself. */
async function multiply(trx: Transaction, campaignId: string, creativeId: string): Promise<void> {
  const targeting = JSON.stringify({ countries: { include: ['DE', 'FR'] }, keywords: { exclude: ['war'] } })
  await trx.rawQuery(
    `with made as (
       insert into campaigns_line_items (id, organisation_id, campaign_id, advertiser_id, name, tier, status,
         price_model, price_nanos, currency, targeting, status_changed_at, created_at, updated_at)
       select gen_random_uuid(), c.organisation_id, c.id, c.advertiser_id, 'Line ' || n, 'price_priority', 'active',
         'cpm', n * 1000, 'EUR', ?::jsonb, now(), now(), now()
       from campaigns_campaigns c, generate_series(1, 10000) n where c.id = ?
       returning id, organisation_id
     )
     insert into campaigns_line_item_creatives (organisation_id, line_item_id, creative_id, weight)
     select organisation_id, id, ?, 100 from made`,
    [targeting, campaignId, creativeId]
  )
}
