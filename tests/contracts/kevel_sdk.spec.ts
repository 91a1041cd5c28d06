import app from '@adonisjs/core/services/app'
import { Client } from '@adzerk/decision-sdk'
import { test } from '@japa/runner'
import { ExternalIds } from '#modules/serving/contract'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { countOf } from '#tests/support/delivery_world'
import { frontWorld, LANDING_URL, setExternalId, type FrontWorld } from '#tests/support/front_world'
import type { ExternalIdBook } from '#modules/serving/services/external_id_book'

const agent = { userAgent: BROWSER_AGENT }
const VIEWABLE_IMPRESSION = 40

/** Kevel's own client, as its users set it up, but for the host. */
function clientOf({ values }: FrontWorld): Client {
  return new Client({
    protocol: 'http',
    host: `${process.env.HOST}:${process.env.PORT}`,
    networkId: Number(values.network),
    siteId: Number(values.site),
  })
}

test.group('the decision SDK of Kevel, unchanged', () => {
  test('gets a decision and fires impression, viewable impression and click, each counted once', async ({
    assert,
  }) => {
    const world = await frontWorld()
    const client = clientOf(world)
    const response = await client.decisions.get(
      {
        placements: [{ adTypes: [5], eventIds: [VIEWABLE_IMPRESSION], properties: { section: 'sport' } }],
        user: { key: 'abc' },
        keywords: ['keyword1', 'keyword2'],
      },
      agent
    )
    assert.equal(response.user?.key, 'abc')
    const [decision] = response.decisions!.div0!
    for (const name of ['adId', 'creativeId', 'flightId', 'campaignId', 'advertiserId'] as const) {
      assert.isTrue(Number.isInteger(decision![name]) && decision![name]! <= 2_147_483_647, name)
    }
    assert.equal((decision!.contents![0]!.data as { width: number }).width, 300)
    const fire = async (url: string) => client.pixels.fire({ url }, agent)
    assert.equal((await fire(decision!.impressionUrl!)).status, 200)
    assert.equal((await fire(decision!.impressionUrl!)).status, 200)
    assert.equal((await fire(decision!.events![0]!.url!)).status, 200)
    const click = await client.pixels.fire(
      { url: decision!.clickUrl!, revenueOverride: 9, additionalRevenue: 1, eventMultiplier: 1000 },
      agent
    )
    assert.deepEqual(click, { status: 302, location: LANDING_URL })
    const facts = await world.world.facts({ request: 1, impression: 1, viewable: 1, click: 1 })
    const valid = facts.filter(({ filter }) => filter === null)
    for (const kind of ['request', 'impression', 'viewable', 'click'] as const) {
      assert.equal(countOf(valid, kind), 1, kind)
    }
    assert.isTrue(facts.every(({ filter }) => filter === null || filter === 'duplicate'))
  })

  test('gets several winners, zones, no ad and its own errors as its types say', async ({ assert }) => {
    const world = await frontWorld()
    const client = clientOf(world)
    const { decisions } = await client.decisions.get(
      {
        placements: [
          { divName: 'many', adTypes: [5], count: 2 },
          { divName: 'zone', adTypes: [9999], zoneIds: [Number(world.values.zone)] },
          { divName: 'none', adTypes: [77] },
        ],
      },
      agent
    )
    assert.lengthOf(decisions!.many!, 2)
    assert.lengthOf(decisions!.zone!, 1)
    assert.deepEqual(decisions!.none as unknown, [null])
    await assert.rejects(() => client.decisions.get({ placements: [] }, agent), /at least one placement/)
    const stranger = new Client({
      protocol: 'http',
      host: `${process.env.HOST}:${process.env.PORT}`,
      networkId: Number(world.values.unknown),
      siteId: 1,
    })
    const refused = await stranger.decisions
      .get({ placements: [{ adTypes: [5] }] }, agent)
      .catch((error: Response) => error)
    assert.equal((refused as Response).status, 400)
  })

  test('a token of the organisation shows prices and lets a server speak for a person; no token does not', async ({
    assert,
  }) => {
    const world = await frontWorld()
    const request = { placements: [{ adTypes: [5] }], includePricingData: true, ip: '203.0.113.9' }
    const open = await clientOf(world).decisions.get(request, agent)
    assert.isUndefined(open.decisions!.div0![0]!.pricing)
    const { values, token } = world
    const trusted = new Client({
      protocol: 'http',
      host: `${process.env.HOST}:${process.env.PORT}`,
      networkId: Number(values.network),
      siteId: Number(values.site),
      apiKey: token,
    })
    const priced = await trusted.decisions.get(request, agent)
    assert.deepEqual(priced.decisions!.div0![0]!.pricing as unknown, {
      price: 2.5,
      clearPrice: 2.5,
      revenue: 0.0025,
      rateType: 2,
      eCPM: 2.5,
    })
  })

  test('a number of the operator takes the place of ours, and a custom ad type gets its size', async ({
    assert,
  }) => {
    const world = await frontWorld()
    const client = clientOf(world)
    const request = { placements: [{ adTypes: [20_001] }] }
    assert.deepEqual((await client.decisions.get(request, agent)).decisions!.div0 as unknown, [null])
    await setExternalId(world.token, 'ad_type', '20001', '300x250')
    const book = (await app.container.make(ExternalIds)) as ExternalIdBook
    await book.refresh()
    assert.isNotNull((await client.decisions.get(request, agent)).decisions!.div0![0])
  })
})
