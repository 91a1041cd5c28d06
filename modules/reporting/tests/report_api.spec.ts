import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { FACT_KIND } from '#modules/events/contract'
import { RollUp } from '#modules/reporting/services/roll_up'
import { ask, DAY, NOON, TODAY } from '#tests/support/report_requests'
import { deliveryWorld, factOf } from '#tests/support/report_world'

test.group('GET /api/v1/reports/delivery', () => {
  test('answers as the contract says: default day, zone, metrics, totals, names and the time it is up to', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const ad = factOf(world, NOON)
    const facts = [
      { ...ad, kind: FACT_KIND.request },
      ad,
      ad,
      { ...ad, kind: FACT_KIND.click },
      { ...ad, kind: FACT_KIND.measurable },
      factOf(world, NOON, { filter: 'bot' }),
    ]
    await world.settle(facts)
    const before = Date.now()
    await (await app.container.make(RollUp)).run()
    const response = await ask(client, world.token, { from: DAY, to: DAY, group: 'line_item' })
    response.assertStatus(200)
    const { rows, total, names, asOf, ...rest } = response.body()
    const metrics = {
      requests: 1,
      impressions: 1,
      viewable: 0,
      measurable: 1,
      viewableRate: 0,
      conversions: 0,
      conversionValue: { amount: '0.000000000', currency: 'EUR' },
      clicks: 1,
      ctr: 1,
      spend: { amount: '0.001234567', currency: 'EUR' },
      gross: { impressions: 3, viewable: 0, clicks: 1, measurable: 1 },
      filtered: { bot: 1, duplicate: 1 },
      filteredByKind: {
        requests: {},
        impressions: { bot: 1, duplicate: 1 },
        viewable: {},
        clicks: {},
        measurable: {},
        conversions: {},
      },
    }
    assert.deepEqual(total, metrics)
    assert.lengthOf(rows, 1)
    assert.deepInclude(rows[0], { ...metrics, line_item: world.lines[0]!.id })
    assert.match(rows[0].time, new RegExp(`^${DAY}T00:00:00\\+0[12]:00$`))
    assert.deepEqual(names, { [world.lines[0]!.id]: '@cpm, North' })
    assert.deepInclude(rest, { zone: 'Europe/Berlin', granularity: 'day' })
    assert.isAtLeast(Date.parse(asOf), before)
    response.assertHeader('cache-control', 'no-store')
  })

  test('without delivery there are no rows and the total is zero', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const response = await ask(client, world.token, { ...TODAY, group: 'campaign,country' })
    assert.deepEqual(response.body().rows, [])
    assert.deepInclude(response.body().total, {
      requests: 0,
      impressions: 0,
      clicks: 0,
      ctr: 0,
      filtered: {},
    })
    assert.deepEqual(response.body().total.spend, { amount: '0.000000000', currency: 'EUR' })
  })

  test('instants are widened to quarter hours and an unescaped plus sign is understood', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const query = `from=${DAY}T12:07:31%2B02:00&to=${DAY}T13:00:00.001+02:00&zone=UTC`
    const response = await client.get(`/api/v1/reports/delivery?${query}`).bearerToken(world.token)
    response.assertStatus(200)
    assert.deepInclude(response.body(), { from: `${DAY}T10:00:00+00:00`, to: `${DAY}T11:15:00+00:00` })
  })

  const now = new Date().toISOString()
  test('refuses bad input {$i} of the table and names {field}')
    .with([
      { query: {}, field: 'from' },
      { query: { from: DAY }, field: 'to' },
      { query: { from: '2026-02-30', to: DAY }, field: 'from' },
      { query: { from: '2025-02-29', to: DAY }, field: 'from' },
      { query: { from: DAY, to: `${DAY}T24:00:00Z` }, field: 'to' },
      { query: { from: 'yesterday', to: DAY }, field: 'from' },
      { query: { from: '1999-12-31', to: DAY }, field: 'from' },
      { query: { from: DAY, to: '2300-01-01' }, field: 'to' },
      { query: { from: '2026-03-02', to: '2026-03-01' }, field: 'to' },
      { query: { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }, field: 'to' },
      { query: { from: '2026-03-01T10:00:00', to: DAY }, field: 'from' },
      { query: { ...TODAY, zone: 'Europe/Atlantis' }, field: 'zone' },
      { query: { ...TODAY, zone: '+02:00' }, field: 'zone' },
      { query: { ...TODAY, zone: '' }, field: 'zone' },
      { query: { ...TODAY, granularity: 'week' }, field: 'granularity' },
      { query: { ...TODAY, group: 'campaign,shoe_size' }, field: 'group' },
      { query: { ...TODAY, group: 'campaign,,country' }, field: 'group' },
      { query: { ...TODAY, campaign: 'x' }, field: 'campaign' },
      { query: { ...TODAY, lineItem: "' or 1=1 --" }, field: 'line_item' },
      { query: { ...TODAY, format: 'xlsx' }, field: 'format' },
      { query: { ...TODAY, campain: newId() }, field: 'campain' },
      { query: { from: '2026-01-01', to: '2026-02-15', granularity: '15min' }, field: 'to' },
      { query: { from: '2025-01-01', to: '2026-01-01', granularity: 'hour' }, field: 'to' },
      { query: { from: '2015-01-01', to: now, granularity: 'day' }, field: 'to' },
      { query: { ...TODAY, 'from[]': DAY }, field: 'from' },
      {
        query: { ...TODAY, placement: Array.from({ length: 201 }, () => newId()).join() },
        field: 'placement',
      },
    ])
    .run(async ({ client, assert, test: running }, { query, field }) => {
      const world = await deliveryWorld(running)
      const response = await ask(client, world.token, query as Record<string, string>)
      response.assertStatus(422)
      assert.deepInclude(response.body(), { code: 'E_VALIDATION', field })
      assert.isString(response.body().detail)
    })

  test('needs a token with the permission', async ({ client, test: running }) => {
    const world = await deliveryWorld(running)
    ;(await client.get('/api/v1/reports/delivery').qs(TODAY)).assertStatus(401)
    const management = await world.person('viewer', { scopes: ['management'] })
    ;(await ask(client, management.token, TODAY)).assertStatus(403)
    ;(await ask(client, (await world.person('viewer', { scopes: ['reports'] })).token, TODAY)).assertStatus(
      200
    )
  })

  test('more than 100,000 rows are refused with a hint, not cut off', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const tenancy = await app.container.make(Tenancy)
    await tenancy.system((trx) =>
      trx.rawQuery(
        `insert into reporting_quarters
         select ?::uuid, ?::timestamptz, gen_random_uuid(), null, null, 'DE', 0, 'EUR', 1, 0, 0, 0, 0 from generate_series(1, 100001)`,
        [world.organisation.id, new Date(NOON).toISOString()]
      )
    )
    const response = await ask(client, world.token, { ...TODAY, group: 'placement' })
    response.assertStatus(422)
    assert.equal(response.body().code, 'E_REPORT_TOO_LARGE')
    const total = await ask(client, world.token, { ...TODAY, granularity: 'total' })
    assert.equal(total.body().total.requests, 100_001)
  })
})
