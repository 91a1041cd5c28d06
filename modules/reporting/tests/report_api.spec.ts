import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import type { ApiClient } from '@japa/api-client'
import { newId } from '#modules/kernel/ids'
import { FACT_KIND } from '#modules/events/contract'
import { RollUp } from '#modules/reporting/services/roll_up'
import { deliveryWorld, factOf, type DeliveryWorld } from '#tests/support/report_world'

const NOON = Date.parse(`${new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`)
const DAY = new Date(NOON).toISOString().slice(0, 10)
const TODAY = { from: DAY, to: DAY, zone: 'UTC' }

const ask = (client: ApiClient, token: string, query: Record<string, string>) =>
  client.get('/api/v1/reports/delivery').qs(query).bearerToken(token)

/** One impression per line item and placement, all of one hour. */
async function delivered(world: DeliveryWorld): Promise<void> {
  const facts = world.lines.flatMap((line) =>
    world.spots.map((spot) =>
      factOf(world, NOON, {
        lineItemId: line.id,
        creativeId: line.creatives[0]!,
        placementId: spot.id,
        charge: line.charge,
        price: line.price,
      })
    )
  )
  await world.settle(facts)
  await (await app.container.make(RollUp)).run()
}

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
      clicks: 1,
      ctr: 1,
      spend: { amount: '0.001234567', currency: 'EUR' },
      gross: { impressions: 3, viewable: 0, clicks: 1 },
      filtered: { bot: 1, duplicate: 1 },
      filteredByKind: { requests: {}, impressions: { bot: 1, duplicate: 1 }, viewable: {}, clicks: {} },
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

  test('filters by campaign, line item and placement; what does not exist here is 404', async ({
    client,
    assert,
    test: running,
  }) => {
    const [world, other] = [await deliveryWorld(running), await deliveryWorld(running)]
    await delivered(world)
    await delivered(other)
    const [line, spot] = [world.lines[0]!, world.spots[0]!]
    const impressions = async (query: Record<string, string>) =>
      (await ask(client, world.token, { ...TODAY, ...query })).body().total.impressions
    assert.equal(await impressions({}), 32)
    assert.equal(await impressions({ campaign: line.campaignId }), 8)
    assert.equal(await impressions({ lineItem: line.id.toUpperCase() }), 4)
    assert.equal(await impressions({ line_item: `${line.id},${world.lines[1]!.id}`, placement: spot.id }), 2)
    assert.equal(await impressions({ campaign: line.campaignId, line_item: world.lines[7]!.id }), 0)
    const strangers = {
      campaign: other.lines[0]!.campaignId,
      line_item: other.lines[0]!.id,
      placement: other.spots[0]!.id,
    }
    for (const [field, id] of Object.entries(strangers)) {
      for (const wanted of [id, newId(), `${id},${newId()}`]) {
        const response = await ask(client, world.token, { ...TODAY, [field]: wanted })
        response.assertStatus(404)
        assert.deepInclude(response.body(), { code: 'E_NOT_FOUND', field })
      }
    }
  })

  test('people of a party see its delivery only, and no name or id of the other side', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    await delivered(world)
    const [line, spot] = [world.lines[0]!, world.spots[0]!]
    const advertiser = await world.person('advertiser', {
      parties: [{ type: 'advertiser', id: line.advertiserId }],
    })
    const publisher = await world.person('publisher', {
      parties: [{ type: 'publisher', id: spot.publisherId }],
    })
    const everything = { ...TODAY, granularity: 'total', group: 'campaign,line_item,creative,placement' }
    const theirs = (await ask(client, advertiser.token, everything)).body()
    const own = new Set(
      world.lines
        .filter(({ advertiserId }) => advertiserId === line.advertiserId)
        .map(({ id }) => id as string)
    )
    assert.equal(theirs.total.impressions, 16)
    assert.isTrue(
      theirs.rows.every(
        (row: Record<string, string | null>) => own.has(row.line_item!) && row.placement === null
      )
    )
    const supply = (await ask(client, publisher.token, everything)).body()
    assert.equal(supply.total.impressions, 16)
    assert.deepEqual(
      new Set(
        supply.rows.map((row: Record<string, unknown>) =>
          JSON.stringify([row.campaign, row.line_item, row.creative])
        )
      ),
      new Set(['[null,null,null]'])
    )
    assert.lengthOf(Object.keys(supply.names), 2)
    ;(await ask(client, advertiser.token, { ...TODAY, placement: spot.id })).assertStatus(404)
    ;(await ask(client, advertiser.token, { ...TODAY, line_item: world.lines[7]!.id })).assertStatus(404)
    ;(await ask(client, advertiser.token, { ...TODAY, campaign: world.lines[7]!.campaignId })).assertStatus(
      404
    )
    ;(await ask(client, publisher.token, { ...TODAY, line_item: line.id })).assertStatus(404)
    ;(await ask(client, publisher.token, { ...TODAY, placement: spot.id })).assertStatus(200)
  })

  test('as CSV: quoted as RFC 4180 says, formulas made harmless, the same figures', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    await delivered(world)
    const query = { ...TODAY, granularity: 'hour', group: 'line_item,placement,country' }
    const json = (await ask(client, world.token, query)).body()
    const response = await ask(client, world.token, query).header('accept', 'text/csv')
    response.assertStatus(200)
    assert.match(response.header('content-type')!, /^text\/csv; charset=utf-8/)
    assert.equal(response.header('content-disposition'), `attachment; filename="delivery_${DAY}_${DAY}.csv"`)
    const [header, ...lines] = readCsv(response.text())
    assert.deepEqual(header!.slice(0, 8), [
      'time',
      'line_item',
      'line_item_name',
      'placement',
      'placement_name',
      'country',
      'requests',
      'impressions',
    ])
    assert.lengthOf(lines, json.rows.length)
    lines.forEach((cells, index) => {
      const line = Object.fromEntries(header!.map((name, column) => [name, cells[column]]))
      const row = json.rows[index]
      assert.deepInclude(line, {
        time: row.time,
        line_item: row.line_item,
        placement: row.placement,
        country: row.country,
      })
      assert.deepInclude(line, {
        impressions: String(row.impressions),
        spend: row.spend.amount,
        currency: 'EUR',
      })
      assert.equal(line.line_item_name, `'${json.names[row.line_item]}`)
    })
    const other = await ask(client, world.token, { ...query, format: 'csv' }).header(
      'accept',
      'application/json'
    )
    assert.equal(other.text(), response.text())
    ;(await ask(client, world.token, query).header('accept', '*/*')).assertHeader(
      'content-type',
      'application/json; charset=utf-8'
    )
  })
})

/** Reads CSV by the letter of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let [cell, quoted] = ['', false]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (quoted && char === '"' && text[at + 1] === '"') cell += text[at++]
    else if (char === '"') quoted = !quoted
    else if (!quoted && (char === ',' || char === '\r')) {
      rows.at(-1)!.push(cell)
      cell = ''
    } else if (!quoted && char === '\n') rows.push([])
    else cell += char
  }
  return rows.slice(0, -1)
}
