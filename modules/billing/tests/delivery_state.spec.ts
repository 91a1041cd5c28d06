import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { startOfDay } from '#modules/kernel/calendar'
import { Cursors } from '#modules/kernel/cursors'
import { SeededRandom } from '#modules/kernel/random'
import { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, FrozenClock } from '#modules/kernel/time'
import { Campaigns, CampaignsProvisioning, DeliveryState } from '#modules/campaigns/contract'
import { CHARGE, FACT_KIND, SettledFacts } from '#modules/events/contract'
import { Identity } from '#modules/identity/contract'
import { BookDelivered } from '#modules/billing/services/book_delivered'
import { DemandBook } from '#modules/billing/services/demand_book'
import { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { Dice } from '#tests/support/dice'
import {
  deliveryWorld,
  factOf,
  randomHistory,
  type DeliveryWorld,
  type Line,
} from '#tests/support/report_world'

const ZONE = 'America/New_York'
/** Yesterday, so that every time of the day has come. */
const DAY = Date.parse(new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10))
const MIDNIGHT = startOfDay(DAY, ZONE)

async function consumer(factsPerPage?: number) {
  const [settled, cursors] = [await app.container.make(SettledFacts), await app.container.make(Cursors)]
  const demand = new DemandBook(await app.container.make(Campaigns), await app.container.make(Identity))
  return new BookDelivered(settled, cursors, demand, factsPerPage)
}

async function stateAt(clock: FrozenClock) {
  const demand = new DemandBook(await app.container.make(Campaigns), await app.container.make(Identity))
  return new LocalDeliveryState(await app.container.make(Tenancy), demand, clock)
}

type Budgets = { budgetTotal?: string; budgetDaily?: string }

/** A CPM line at 1 EUR per 1000 in a campaign of the zone, with budgets in EUR: the campaign's and the line's own. */
async function budgeted(world: DeliveryWorld, budgets: Budgets, own: Budgets = {}): Promise<Line> {
  const demand = await app.container.make(CampaignsProvisioning)
  const organisationId = world.organisation.id
  const { advertiserId } = world.lines[0]!
  const inEuro = (amounts: Budgets) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, { amount, currency: 'EUR' }]))
  const campaignId = await demand.createCampaign(organisationId, {
    advertiserId,
    name: 'Budget',
    timeZone: ZONE,
    ...inEuro(budgets),
  })
  const price = { model: 'cpm', amount: '1', currency: 'EUR' }
  const id = await demand.createLineItem(organisationId, {
    campaignId,
    name: 'Line',
    tier: 'price_priority',
    price,
    ...inEuro(own),
  })
  return {
    id,
    campaignId,
    advertiserId,
    charge: CHARGE.cpm,
    price: 1_000_000,
    creatives: world.lines[0]!.creatives,
  }
}

const impressions = (world: DeliveryWorld, line: Line, at: number, count: number) =>
  Array.from({ length: count }, () =>
    factOf(world, at, { lineItemId: line.id, price: line.price, charge: line.charge })
  )

const COUNTED: ReadonlySet<number> = new Set([FACT_KIND.impression, FACT_KIND.viewable, FACT_KIND.click])

test.group('delivery state', () => {
  test('delivered counts are those of valid facts, whoever books them in whatever pages', async ({
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const facts = randomHistory(world, new Dice(new SeededRandom(3)), 400, MIDNIGHT, MIDNIGHT + DAY_MS)
    await world.settle(facts)
    await Promise.all([(await consumer(30)).run(), (await consumer(50)).run(), (await consumer(70)).run()])
    const state = await stateAt(new FrozenClock(MIDNIGHT))
    await state.refresh()
    const expected = new Map<string, { impressions: number; clicks: number; viewable?: number }>()
    const seen = new Set<string>()
    for (const { id, kind, lineItemId, filter } of facts) {
      if (seen.has(`${id}${kind}`) || lineItemId === null || filter !== null) continue
      seen.add(`${id}${kind}`)
      if (!COUNTED.has(kind)) continue
      const row = expected.get(lineItemId) ?? { impressions: 0, clicks: 0 }
      expected.set(lineItemId, row)
      if (kind === FACT_KIND.viewable) row.viewable = (row.viewable ?? 0) + 1
      else row[kind === FACT_KIND.impression ? 'impressions' : 'clicks'] += 1
    }
    const { delivered, version } = state.current(world.organisation.id)
    assert.deepEqual(Object.fromEntries(delivered), Object.fromEntries(expected))
    assert.equal(version, 1)
    await state.refresh()
    assert.equal(state.current(world.organisation.id).version, 1, 'nothing new, same section')
  })

  test('a daily budget is spent to the nano by issue time in the zone of the campaign, and is whole again the next day', async ({
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running, { timeZone: 'Asia/Tokyo' })
    const line = await budgeted(world, { budgetDaily: '0.003' })
    const clock = new FrozenClock(MIDNIGHT + 3_600_000)
    const [booking, state] = [await consumer(), await stateAt(clock)]
    const spent = async () => {
      await booking.run()
      await state.refresh()
      return state.current(world.organisation.id).spentCampaigns.has(line.campaignId)
    }
    await world.settle([
      ...impressions(world, line, MIDNIGHT - 1, 3),
      ...impressions(world, line, MIDNIGHT, 2),
    ])
    assert.isFalse(await spent(), 'two of three today, three the day before')
    await world.settle(impressions(world, line, MIDNIGHT + 60_000, 1))
    assert.isTrue(await spent(), 'three of three')
    clock.advance(DAY_MS)
    assert.isFalse(await spent(), 'the next day')
    clock.set(MIDNIGHT - 3_600_000)
    assert.isTrue(await spent(), 'the day before had three as well')
  })

  test('a total budget is spent for good, and not any more when it is raised', async ({
    assert,
    test: running,
    client,
  }) => {
    const world = await deliveryWorld(running)
    const line = await budgeted(world, { budgetTotal: '0.002' })
    await world.settle(impressions(world, line, MIDNIGHT, 2))
    const clock = new FrozenClock(MIDNIGHT)
    const [booking, state] = [await consumer(), await stateAt(clock)]
    await booking.run()
    await state.refresh()
    assert.isTrue(state.current(world.organisation.id).spentCampaigns.has(line.campaignId))
    clock.advance(5 * DAY_MS)
    await state.refresh()
    assert.isTrue(state.current(world.organisation.id).spentCampaigns.has(line.campaignId))
    const raise = { budgetTotal: { amount: '0.002000001', currency: 'EUR' } }
    const raised = await client
      .patch(`/api/v1/campaigns/${line.campaignId}`)
      .bearerToken(world.token)
      .json(raise)
    raised.assertStatus(200)
    await state.refresh()
    assert.isFalse(state.current(world.organisation.id).spentCampaigns.has(line.campaignId))
  })

  test('a line item has a day of its own budget by the zone of its campaign, and a total one for good', async ({
    assert,
    test: running,
    client,
  }) => {
    const world = await deliveryWorld(running, { timeZone: 'Asia/Tokyo' })
    const daily = await budgeted(world, {}, { budgetDaily: '0.003' })
    const total = await budgeted(world, { budgetTotal: '1' }, { budgetTotal: '0.004' })
    const clock = new FrozenClock(MIDNIGHT + 3_600_000)
    const [booking, state] = [await consumer(), await stateAt(clock)]
    const spent = async () => {
      await booking.run()
      await state.refresh()
      const { spentLineItems, spentCampaigns } = state.current(world.organisation.id)
      assert.equal(spentCampaigns.size, 0, 'no campaign is out of money')
      return [daily, total].map(({ id }) => spentLineItems?.has(id))
    }
    await world.settle([
      ...impressions(world, daily, MIDNIGHT - 1, 3),
      ...impressions(world, daily, MIDNIGHT, 2),
      ...impressions(world, total, MIDNIGHT - 1, 3),
    ])
    assert.deepEqual(await spent(), [false, false])
    await world.settle([
      ...impressions(world, daily, MIDNIGHT + 60_000, 1),
      ...impressions(world, total, MIDNIGHT, 1),
    ])
    assert.deepEqual(await spent(), [true, true])
    clock.advance(DAY_MS)
    assert.deepEqual(await spent(), [false, true], 'the next day')
    const raise = { budgetTotal: { amount: '0.004000001', currency: 'EUR' } }
    const raised = await client.patch(`/api/v1/line-items/${total.id}`).bearerToken(world.token).json(raise)
    raised.assertStatus(200)
    assert.deepEqual(await spent(), [false, false], 'raised')
  })

  test('an organisation that has delivered nothing has an empty section', async ({
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const state = await app.container.make(DeliveryState)
    const { version, delivered, spentCampaigns } = state.current(world.organisation.id)
    assert.deepEqual([version, delivered.size, spentCampaigns.size], [0, 0, 0])
  })
})
