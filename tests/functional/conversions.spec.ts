import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import delivery from '#config/delivery'
import { newId } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { chargeOf, FACT_KIND, orderFactId, TokenCodec, type TokenClaims } from '#modules/events/contract'
import { BookDelivered } from '#modules/billing/services/book_delivered'
import { DeliveryState } from '#modules/campaigns/contract'
import { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { RollUp } from '#modules/reporting/services/roll_up'
import { Matching } from '#modules/matching/contract'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { countOf, DeliveryWorld, until } from '#tests/support/delivery_world'
import { Management } from '#tests/support/management'
import { settlementWorld } from '#tests/support/settlements'
import type { ApiClient } from '@japa/api-client'

const DAY_MS = 86_400_000
const hit = (url: string, agent = BROWSER_AGENT) =>
  fetch(url, { redirect: 'manual', headers: { 'user-agent': agent } })

/** An advertiser with a CPA line, its pixel, and the token of an ad that was given out. */
async function conversionWorld(client: ApiClient, cpa = '7.5') {
  const world = await DeliveryWorld.create()
  const placementId = await world.placement({ sizes: [[300, 250]] })
  const line = await world.line([300, 250], { cpa })
  const secret = await world.token()
  const api = new Management(client, secret)
  const pixel = await api.create('pixels', { advertiserId: world.advertiserId, name: 'Shop' })
  await world.live(placementId)
  const matching = await app.container.make(Matching)
  await until('the snapshot has the pixel', async () => {
    await matching.refresh()
    return matching.engineOf(placementId)?.snapshot.pixels?.some(({ id }) => id === pixel.id) ?? false
  })
  const ad = async () => {
    const answer = await fetch(`${delivery.origin}/v1/decisions`, {
      method: 'POST',
      body: JSON.stringify({ placements: [{ id: placementId }] }),
      headers: { 'user-agent': BROWSER_AGENT },
    })
    const { decisions } = (await answer.json()) as { decisions: { ad: { urls: Record<string, string> } }[] }
    return decisions[0]!.ad.urls
  }
  const token = (await ad()).impression!.split('/').at(-1)!
  const tell = async (conversions: object[], bearer = secret) => {
    const answer = await fetch(`${delivery.origin}/v1/conversions`, {
      method: 'POST',
      body: JSON.stringify({ conversions }),
      headers: { authorization: `Bearer ${bearer}` },
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  return { world, placementId, line, secret, api, pixel, token, ad, tell }
}

/** A token as it would have been written with other claims. */
async function tokenWith(token: string, change: (claims: TokenClaims) => Partial<TokenClaims>) {
  const codec = await app.container.make(TokenCodec)
  const reading = codec.read(token, 0)
  if (!reading.ok) throw new Error(reading.failure)
  return codec.write({ ...reading.claims, ...change(reading.claims) })
}

test.group('conversions', () => {
  test('an order counts once, however often and wherever it is told, and charges a CPA line once', async ({
    assert,
    client,
  }) => {
    const { world, line, pixel, token, ad, tell, api } = await conversionWorld(client)
    const urls = await ad()
    await hit(urls.impression!)
    await hit(urls.click!)
    const told = { pixelId: pixel.id, orderId: 'A-1', token, value: { amount: '49.90', currency: 'EUR' } }
    const first = await tell([told, { ...told, orderId: 'A-2', value: null }, told])
    assert.deepEqual(first, {
      status: 200,
      body: { results: [{ status: 'accepted' }, { status: 'accepted' }, { status: 'duplicate' }] },
    })
    const later = (await ad()).impression!.split('/').at(-1)!
    const picture = await hit(
      `${delivery.origin}/t/x/${pixel.id}?order=A-1&value=49.90&currency=EUR&token=${later}`
    )
    assert.equal(picture.status, 200)
    assert.equal(picture.headers.get('content-type'), 'image/gif')
    const facts = await world.facts({ conversion: 4, conversionValue: 3, click: 1, impression: 1 })
    const valid = facts.filter(({ filter }) => filter === null)
    assert.equal(countOf(valid, 'conversion'), 2)
    assert.equal(countOf(valid, 'conversionValue'), 1)
    assert.sameMembers(
      valid.filter((fact) => chargeOf(fact) > 0n).map(({ kind }) => kind),
      [FACT_KIND.conversion, FACT_KIND.conversion]
    )
    await (await app.container.make(RollUp)).run()
    await (await app.container.make(BookDelivered)).run()
    await (await app.container.make(LocalDeliveryState)).refresh()
    const state = (await app.container.make(DeliveryState)).current(world.organisationId)
    assert.deepEqual(state.delivered.get(line.lineItemId), { impressions: 1, clicks: 1 })
    const today = new Date().toISOString().slice(0, 10)
    const report = await api.read(`reports/delivery?from=${today}&to=${today}&zone=UTC&group=line_item`)
    assert.containsSubset(report.total, {
      conversions: 2,
      conversionValue: { amount: '49.900000000', currency: 'EUR' },
      spend: { amount: '15.000000000', currency: 'EUR' },
      filteredByKind: { conversions: { duplicate: 2 } },
    })
  })

  test('what is late, foreign, unknown or malformed is refused with its reason', async ({
    assert,
    client,
  }) => {
    const { world, api, pixel, token, tell, placementId } = await conversionWorld(client)
    const other = await conversionWorld(client)
    const rival = await api.create('advertisers', { name: 'Rival' })
    const rivals = await api.create('pixels', { advertiserId: rival.id, name: 'Rival', windowHours: 2 })
    const paused = await api.create('pixels', {
      advertiserId: world.advertiserId,
      name: 'Paused',
      status: 'paused',
    })
    const matching = await app.container.make(Matching)
    await until('the snapshot has the pixels', async () => {
      await matching.refresh()
      return matching.engineOf(placementId)?.snapshot.pixels?.length === 3
    })
    const old = await tokenWith(token, () => ({ id: newIdAt(Date.now() - 31 * DAY_MS) }))
    const recent = await tokenWith(token, () => ({ id: newIdAt(Date.now() - 29 * DAY_MS) }))
    const lost = await tokenWith(token, () => ({ creativeId: newId<'creative'>() }))
    const good = { pixelId: pixel.id, orderId: 'B', token }
    const cases: [object, Record<string, string>][] = [
      [{ ...good, token: recent }, { status: 'accepted' }],
      [{ ...good, token: old }, { reason: 'outside_window' }],
      [{ ...good, token: other.token }, { reason: 'token_foreign' }],
      [{ ...good, pixelId: rivals.id }, { reason: 'token_foreign' }],
      [{ ...good, pixelId: other.pixel.id }, { reason: 'pixel_unknown' }],
      [{ ...good, pixelId: 'nonsense' }, { reason: 'pixel_unknown' }],
      [{ ...good, pixelId: paused.id }, { reason: 'pixel_paused' }],
      [{ ...good, token: lost }, { reason: 'ad_unknown' }],
      [{ ...good, token: `${token.slice(0, -2)}xx` }, { reason: 'token_invalid' }],
      [{ ...good, token: null }, { reason: 'token_missing' }],
      [
        { ...good, orderId: '' },
        { reason: 'invalid', field: 'orderId' },
      ],
      [
        { ...good, value: { amount: '-1', currency: 'EUR' } },
        { reason: 'invalid', field: 'value' },
      ],
      [
        { ...good, value: { amount: '1e9', currency: 'EUR' } },
        { reason: 'invalid', field: 'value' },
      ],
      [
        { ...good, value: { amount: '9007200', currency: 'EUR' } },
        { reason: 'invalid', field: 'value' },
      ],
      [
        { ...good, value: { amount: '1', currency: 'USD' } },
        { reason: 'invalid', field: 'currency' },
      ],
    ]
    const { body } = await tell(cases.map(([told], at) => ({ orderId: `B-${at}`, ...told })))
    const results = body.results as Record<string, string>[]
    cases.forEach(([, expected], at) => assert.containsSubset(results[at], expected, `case ${at}`))
    const facts = await world.facts({ conversion: 1 })
    assert.equal(countOf(facts, 'conversion'), 1)
  })

  test('bodies that are no conversions are refused whole, and so are callers without the right', async ({
    assert,
    client,
  }) => {
    const { world, pixel, token, tell } = await conversionWorld(client)
    const good = { pixelId: pixel.id, orderId: 'C', token }
    const bad: [object[], string][] = [
      [[], 'conversions'],
      [[1 as never], 'conversions[0]'],
      [[good, { ...good, orderId: 7 }], 'conversions[1].orderId'],
      [[{ ...good, value: '12' }], 'conversions[0].value'],
      [[{ ...good, value: { amount: 12, currency: 'EUR' } }], 'conversions[0].value.amount'],
      [[{ ...good, orderId: 'x'.repeat(201) }], 'conversions[0].orderId'],
      [Array.from({ length: 501 }, () => good), 'conversions'],
    ]
    for (const [conversions, field] of bad) {
      const { status, body } = await tell(conversions)
      assert.equal(status, 422)
      assert.equal(body.field, field)
    }
    assert.equal((await tell([good], 'nonsense')).status, 401)
    const stranger = await (await DeliveryWorld.create()).token()
    const foreign = (await tell([good], stranger)).body.results
    assert.deepEqual(foreign, [{ status: 'refused', reason: 'pixel_unknown' }])
    const elsewhere = await world.token([{ type: 'advertiser', id: newId() }])
    const party = (await tell([good], elsewhere)).body.results
    assert.deepEqual(party, [{ status: 'refused', reason: 'pixel_unknown' }])
    assert.lengthOf(await world.facts({ request: 1 }), 1) // the request for the ad, and nothing else
  })

  test('the pixel answers its picture whatever it is told, and counts no bot', async ({ assert, client }) => {
    const { world, pixel, token } = await conversionWorld(client)
    const base = `${delivery.origin}/t/x`
    for (const path of [`${newId()}?order=1`, `${pixel.id}`, `${pixel.id}?order=1&token=forged`]) {
      const answer = await hit(`${base}/${path}`)
      assert.equal(answer.status, 200)
      assert.equal((await answer.arrayBuffer()).byteLength, 43)
    }
    await hit(`${base}/${pixel.id}?order=9&token=${token}`, 'Googlebot/2.1 (+http://www.google.com/bot.html)')
    await hit(`${base}/${pixel.id}?order=9&token=${token}`)
    const facts = (await world.facts({ conversion: 2 })).filter(({ kind }) => kind === FACT_KIND.conversion)
    assert.sameMembers(
      facts.map(({ filter }) => filter),
      ['bot', null]
    )
  })

  test('landing pages get the token only when the advertiser asked for it', async ({ assert, client }) => {
    const { world, api, ad, placementId } = await conversionWorld(client)
    const urls = await ad()
    assert.equal((await hit(urls.click!)).headers.get('location'), 'https://shop.example/landing?a=1&b=2')
    await api.change(`advertisers/${world.advertiserId}`, { appendClickToken: true })
    const matching = await app.container.make(Matching)
    await until('the snapshot says so', async () => {
      await matching.refresh()
      return matching.engineOf(placementId)?.snapshot.creatives.every((one) => one.appendClickToken) ?? false
    })
    const landing = new URL((await hit(urls.click!)).headers.get('location')!)
    assert.equal(landing.searchParams.get('placard_click'), urls.click!.split('/').at(-1))
    assert.equal(landing.searchParams.get('b'), '2')
  })
})

test.group('orders in settlement', () => {
  test('of an order told on two days, in two batches and by a killed settler, one fact is valid', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const pixelId = newId<'pixel'>()
    const now = Date.now() as EpochMs
    const at = (ms: number, change: object = {}) =>
      world.fact({
        id: orderFactId(pixelId, 'order', (now - ms) as EpochMs),
        kind: FACT_KIND.conversion,
        receivedAt: (now - ms) as EpochMs,
        ...change,
      })
    const log = world.log()
    await log.append(at(2 * DAY_MS, { filter: 'bot' }))
    await log.append(at(DAY_MS))
    await log.append(at(DAY_MS))
    await log.append(at(1_000))
    await assert.rejects(() => world.settlement({ clock: new StoppedClock() }).run(), 'killed')
    assert.lengthOf(await world.settled(), 0)
    await world.settlement({ factsPerBatch: 2 }).run()
    await log.append(at(0))
    await world.settlement().run()
    const settled = await world.settled()
    assert.deepEqual(
      settled.filter(({ filter }) => filter === null).map(({ id }) => id),
      [orderFactId(pixelId, 'order', (now - DAY_MS) as EpochMs)]
    )
    const duplicates = settled.filter(({ filter }) => filter === 'duplicate')
    assert.equal(
      duplicates.reduce((sum, { count }) => sum + count, 0),
      3
    )
  })
})

class StoppedClock {
  private left = 1
  now(): EpochMs {
    if (this.left-- === 0) throw new Error('killed')
    return Date.now() as EpochMs
  }
}

function newIdAt(at: number): string {
  const hex = at.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`
}
