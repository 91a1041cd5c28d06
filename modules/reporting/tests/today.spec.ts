import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { startOfDay } from '#modules/kernel/calendar'
import { Clock, DAY_MS, FrozenClock, QUARTER_MS } from '#modules/kernel/time'
import { FACT_KIND } from '#modules/events/contract'
import { type Reporting } from '#modules/reporting/contract'
import LocalReporting from '#modules/reporting/services/local_reporting'
import { RollUp } from '#modules/reporting/services/roll_up'
import { deliveryWorld, factOf } from '#tests/support/report_world'

const ZONE = 'Asia/Kathmandu'

test.group('today', () => {
  test('shows the running day of the zone without gaps, and yesterday up to the same quarter hour', async ({
    assert,
    test: running,
    cleanup,
  }) => {
    const world = await deliveryWorld(running, { timeZone: ZONE })
    const day = Date.parse(new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10))
    const midnight = startOfDay(day, ZONE)
    const now = midnight + 9 * QUARTER_MS + 60_000
    await world.settle([
      factOf(world, midnight),
      factOf(world, midnight + 9 * QUARTER_MS),
      factOf(world, midnight + 9 * QUARTER_MS, { kind: FACT_KIND.click }),
      factOf(world, midnight - 1),
      factOf(world, midnight - DAY_MS),
      factOf(world, midnight - DAY_MS + 9 * QUARTER_MS - 1),
      factOf(world, midnight - DAY_MS + 9 * QUARTER_MS),
    ])
    await (await app.container.make(RollUp)).run()
    app.container.swap(Clock, () => new FrozenClock(now))
    cleanup(() => app.container.restore(Clock))
    const reporting: Reporting = await app.container.make(LocalReporting)
    const today = await reporting.today(world.principal)
    assert.lengthOf(today.slots, 10)
    assert.match(today.slots[0]!.time, /T00:00:00\+05:45$/)
    assert.match(today.slots[9]!.time, /T02:15:00\+05:45$/)
    assert.deepEqual(
      today.slots.map(({ impressions, clicks }) => impressions * 10 + clicks),
      [10, 0, 0, 0, 0, 0, 0, 0, 0, 11]
    )
    assert.deepEqual(today.slots[1]!.spend, { amount: '0.000000000', currency: 'EUR' })
    assert.deepInclude(today.totals, {
      impressions: 2,
      clicks: 1,
      spend: { amount: '0.002469134', currency: 'EUR' },
    })
    assert.equal(today.previous.impressions, 2)
    assert.equal(today.zone, ZONE)
  })

  test('at midnight there is one slot and yesterday had nothing yet', async ({
    assert,
    test: running,
    cleanup,
  }) => {
    const world = await deliveryWorld(running, { timeZone: 'UTC' })
    const midnight = Date.parse(new Date().toISOString().slice(0, 10))
    app.container.swap(Clock, () => new FrozenClock(midnight))
    cleanup(() => app.container.restore(Clock))
    const reporting: Reporting = await app.container.make(LocalReporting)
    const today = await reporting.today(world.principal)
    assert.lengthOf(today.slots, 1)
    assert.equal(today.previous.requests, 0)
  })
})
