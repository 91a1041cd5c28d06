import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { startOfDay } from '#modules/kernel/calendar'
import { Cursors } from '#modules/kernel/cursors'
import type { Id } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, FrozenClock, QUARTER_MS } from '#modules/kernel/time'
import { Campaigns, DeliveryState } from '#modules/campaigns/contract'
import { CHARGE, FACT_KIND, SettledFacts } from '#modules/events/contract'
import { Identity } from '#modules/identity/contract'
import { BookDelivered } from '#modules/billing/services/book_delivered'
import { DemandBook } from '#modules/billing/services/demand_book'
import { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { CountTraffic } from '#modules/billing/services/pacing/count_traffic'
import { PacedDeliveryState } from '#modules/billing/services/pacing/paced_delivery_state'
import { createDemand, createSupply, pricedLine } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { deliveryWorld, factOf, type DeliveryWorld, type Line } from '#tests/support/report_world'

const ZONE = 'Europe/Berlin'
/** The day before yesterday, so that every time of the day has come. */
const MIDNIGHT = startOfDay(Date.parse(new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10)), ZONE)
const NOON = MIDNIGHT + DAY_MS / 2

async function parts(clock: FrozenClock) {
  const make = app.container.make.bind(app.container)
  const [settled, cursors, tenancy, campaigns] = [
    await make(SettledFacts),
    await make(Cursors),
    await make(Tenancy),
    await make(Campaigns),
  ]
  const demand = new DemandBook(campaigns, await make(Identity))
  const plain = new LocalDeliveryState(tenancy, demand, clock)
  const state = new PacedDeliveryState(plain, campaigns, tenancy, clock)
  const consumers = [
    new BookDelivered(settled, cursors, demand),
    new CountTraffic(settled, cursors, demand, clock, 40),
    new CountTraffic(settled, cursors, demand, clock, 70),
  ]
  return {
    state,
    tenancy,
    async run() {
      await Promise.all(consumers.map((consumer) => consumer.run()))
      await state.refresh()
    },
  }
}

function facts(world: DeliveryWorld, line: Line, kind: keyof typeof FACT_KIND, at: number, count: number) {
  return Array.from({ length: count }, (_, step) =>
    factOf(world, at + step, {
      kind: FACT_KIND[kind],
      lineItemId: line.id,
      charge: line.charge,
      price: line.price,
    })
  )
}

test.group('pacing of delivery', () => {
  test('requests are counted once by quarter, whoever counts', async ({ assert, test: running }) => {
    const world = await deliveryWorld(running, { timeZone: ZONE })
    const { run, tenancy } = await parts(new FrozenClock(NOON))
    const line = world.lines[0]!
    await world.settle([
      ...facts(world, line, 'request', NOON - 2 * QUARTER_MS, 60),
      ...facts(world, line, 'request', NOON - QUARTER_MS, 90),
      ...facts(world, line, 'click', NOON - QUARTER_MS, 5),
    ])
    await run()
    const rows = await tenancy.system(async (trx) => {
      return (await trx
        .from('billing_traffic_quarters')
        .where('organisation_id', world.organisation.id)
        .groupBy('quarter')
        .orderBy('quarter')
        .select('quarter')
        .sum('requests as requests')) as { quarter: Date; requests: string }[]
    })
    assert.deepEqual(
      rows.map(({ quarter, requests }) => [quarter.getTime(), Number(requests)]),
      [
        [NOON - 2 * QUARTER_MS, 60],
        [NOON - QUARTER_MS, 90],
      ]
    )
  })

  test('a line item ahead of its daily budget waits, accelerated it does not, and the container gives this state', async ({
    assert,
    test: running,
    client,
  }) => {
    const world = await deliveryWorld(running, { timeZone: ZONE })
    const api = new Management(client, world.token)
    await createSupply(api)
    const { campaign, creative, advertiser } = await createDemand(api, {
      startsAt: new Date(MIDNIGHT - DAY_MS).toISOString(),
      timeZone: ZONE,
      budgetDaily: { amount: '1', currency: 'EUR' },
    })
    const price = { model: 'cpm', amount: '1000', currency: 'EUR' }
    const booked = await api.create(
      'line-items',
      pricedLine(campaign.id, creative.id, { price, status: 'active' })
    )
    const line = {
      id: booked.id as Id<'line_item'>,
      campaignId: campaign.id as Id<'campaign'>,
      advertiserId: advertiser.id as Id<'advertiser'>,
      creatives: [creative.id as Id<'creative'>],
      charge: CHARGE.cpm,
      price: 100_000_000,
    }
    const clock = new FrozenClock(NOON)
    const { run, state } = await parts(clock)
    const passShare = () => state.current(world.organisation.id).pacing?.get(line.id)
    await run()
    const first = passShare() ?? 1
    assert.isAbove(first, 0)
    assert.isBelow(first, 1, 'nothing is spent, but there is no deficit that would take all requests')
    await world.settle(facts(world, line, 'impression', MIDNIGHT + 1, 8))
    await run()
    const { version, delivered, spentCampaigns } = state.current(world.organisation.id)
    assert.equal(passShare(), 0, '80 percent are spent at noon')
    assert.deepEqual([delivered.get(line.id)?.impressions, spentCampaigns.size], [8, 0])
    clock.advance(1_000)
    await run()
    assert.isAbove(state.current(world.organisation.id).version, version)
    const change = { pacing: 'accelerated' }
    const changed = await client.patch(`/api/v1/line-items/${line.id}`).bearerToken(world.token).json(change)
    changed.assertStatus(200)
    assert.equal(changed.body().pacing, 'accelerated')
    await run()
    assert.isUndefined(passShare())
    assert.instanceOf(await app.container.make(DeliveryState), PacedDeliveryState)
  })

  test('a pacing that does not exist is refused by name', async ({ test: running, client }) => {
    const world = await deliveryWorld(running, { timeZone: ZONE })
    const answer = await client
      .patch(`/api/v1/line-items/${world.lines[0]!.id}`)
      .bearerToken(world.token)
      .json({ pacing: 'slow' })
    answer.assertStatus(422)
    answer.assertTextIncludes('pacing')
  })
})
