import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { CampaignsProvisioning } from '#modules/campaigns/contract'
import { InventoryProvisioning } from '#modules/inventory/contract'
import { SeededRandom } from '#modules/kernel/random'
import { Matching, type MatchInput } from '#modules/matching/contract'
import { RequestSamples } from '#modules/matching/samples/request_samples'
import { Reservoir } from '#modules/matching/samples/reservoir'
import { createWorld, type World } from '#tests/support/world'

const HOUR_MS = 3_600_000

async function stage(world: World) {
  const [inventory, campaigns] = [
    await app.container.make(InventoryProvisioning),
    await app.container.make(CampaignsProvisioning),
  ]
  const { id } = world.organisation
  const publisherId = await inventory.createPublisher(id, { name: 'Publisher' })
  const siteId = await inventory.createSite(id, { publisherId, name: 'Site', domain: 'site.example' })
  const placementId = await inventory.createPlacement(id, {
    siteId,
    name: 'Box',
    sizes: [{ width: 300, height: 250 }],
  })
  const advertiserId = await campaigns.createAdvertiser(id, { name: 'Advertiser' })
  const creativeId = await campaigns.createCreative(id, {
    advertiserId,
    type: 'third_party',
    name: 'Tag',
    width: 300,
    height: 250,
    landingUrl: 'https://shop.example/',
    markup: '<b>ad</b>',
  })
  const campaignId = await campaigns.createCampaign(id, {
    advertiserId,
    name: 'Campaign',
    timeZone: 'UTC',
    startsAt: '2026-01-01',
    status: 'active',
  })
  const line = (name: string, more: Record<string, unknown>) =>
    campaigns.createLineItem(id, {
      campaignId,
      name,
      tier: 'price_priority',
      price: { model: 'cpm', amount: '2.00', currency: 'EUR' },
      creatives: [{ creativeId, weight: 1 }],
      status: 'active',
      ...more,
    })
  return { placementId, line }
}

function request(placementId: string, country: string | null): MatchInput {
  return {
    placementId,
    sizes: null,
    country,
    deviceType: 'desktop',
    os: null,
    browser: null,
    language: null,
    keywords: [],
    keyValues: { email: ['person@example.test'] },
    city: 'DE/berlin',
    address: '203.0.113.9',
    pageUrl: 'https://site.example/me',
    segments: ['s'],
    nowMs: Date.now(),
    draw: [0, 0],
    used: new Set(),
  }
}

test.group('why a line item does not serve', () => {
  test('one reason for each recent request, the most frequent first, with what to change', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const { placementId, line } = await stage(world)
    const german = await line('Germany', { targeting: { countries: { include: ['DE'] } } })
    const rich = await line('Rich', {
      price: { model: 'cpm', amount: '9.00', currency: 'EUR' },
      targeting: { countries: { include: ['FR'] } },
    })
    await (await app.container.make(Matching)).refresh()
    const samples = await app.container.make(RequestSamples)
    for (const country of ['DE', 'DE', 'DE', 'FR', null]) {
      samples.note(world.organisation.id, request(placementId, country))
    }
    await samples.flush()
    const answer = await client.get(`/api/v1/line-items/${german}/why`).bearerToken(world.token)
    answer.assertStatus(200)
    const why = answer.body()
    assert.deepEqual(why.standing, [])
    assert.equal(why.traffic.requests, 5)
    assert.deepEqual(why.serves, { requests: 3, share: 0.6 })
    assert.deepEqual(
      why.reasons.map(({ code, requests }: { code: string; requests: number }) => [code, requests]),
      [['country', 2]]
    )
    assert.include(why.reasons[0].change, 'country')
    const other = (await client.get(`/api/v1/line-items/${rich}/why?hours=1`).bearerToken(world.token)).body()
    assert.deepEqual(
      other.reasons.map(({ code }: { code: string }) => code),
      ['country']
    )
    assert.equal(other.reasons[0].requests, 4)
  })

  test('what holds whatever the request is said without any traffic', async ({ client, assert }) => {
    const world = await createWorld()
    const { line } = await stage(world)
    const paused = await line('Paused', { status: 'paused' })
    const why = (await client.get(`/api/v1/line-items/${paused}/why`).bearerToken(world.token)).body()
    assert.deepEqual(
      why.standing.map(({ code }: { code: string }) => code),
      ['line_item_not_active']
    )
    assert.deepEqual([why.traffic.requests, why.serves.share, why.reasons], [0, 0, []])
  })

  test('a foreign line item, one of another advertiser and bad parameters are refused', async ({
    client,
  }) => {
    const [world, stranger] = [await createWorld(), await createWorld()]
    const { line } = await stage(world)
    const id = await line('Mine', {})
    ;(await client.get(`/api/v1/line-items/${id}/why`).bearerToken(stranger.token)).assertStatus(404)
    ;(await client.get(`/api/v1/line-items/${id}/why`)).assertStatus(401)
    for (const hours of ['0', '673', '1.5', 'abc']) {
      ;(
        await client.get(`/api/v1/line-items/${id}/why?hours=${hours}`).bearerToken(world.token)
      ).assertStatus(422)
    }
  })

  test('a sample holds nothing about a person', async ({ assert }) => {
    const world = await createWorld()
    const samples = await app.container.make(RequestSamples)
    samples.note(world.organisation.id, request('01a00000-0000-7000-8000-000000000000', 'DE'))
    await samples.flush()
    const kept = await samples.since(world.organisation.id, Date.now() - HOUR_MS, 10)
    assert.lengthOf(kept, 1)
    assert.notMatch(JSON.stringify(kept), /person@|203\.0|berlin|site\.example|"s"/)
  })

  test('a reservoir keeps a bounded, even sample, and its weight gives the stream back', ({ assert }) => {
    const reservoir = new Reservoir<number>(100, new SeededRandom(7))
    for (let item = 0; item < 10_000; item++) reservoir.offer(() => item)
    const { items, weight } = reservoir.take()
    assert.equal(items.length * weight, 10_000)
    const mean = items.reduce((sum, item) => sum + item, 0) / items.length
    assert.isTrue(mean > 4_000 && mean < 6_000, `mean ${mean}`)
    assert.deepEqual(reservoir.take(), { items: [], weight: 0 })
  })
})
