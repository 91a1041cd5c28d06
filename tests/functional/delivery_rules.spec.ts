import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import delivery from '#config/delivery'
import { newId } from '#modules/kernel/ids'
import { CHARGE, FACT_KIND, chargeOf, TokenCodec } from '#modules/events/contract'
import { Matching } from '#modules/matching/contract'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { createDemand, createSupply, pricedLine } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

/** No GDPR applies, so a first-party id may be used. */
const CONSENT = { gdpr: false }
type Change = Record<string, unknown>
type Ad = { lineItemId: string; urls: { impression: string } }

/** A placement, and line items from dear to cheap with a creative each. */
async function setting(client: ApiClient, lines: readonly Change[], supply: Change = {}) {
  const world = await createWorld({ timeZone: 'Europe/Berlin' })
  const api = new Management(client, world.token)
  const { site, placement } = await createSupply(api)
  await api.change(`placements/${placement.id}`, supply)
  const demand = await createDemand(api)
  const ids: string[] = []
  for (const [at, change] of lines.entries()) {
    const price = { model: 'cpm', amount: `${9 - at}`, currency: 'EUR' }
    const body = pricedLine(demand.campaign.id, demand.creative.id, { price, status: 'active', ...change })
    ids.push((await api.create('line-items', body)).id)
  }
  const matching = await app.container.make(Matching)
  const live = () => matching.refresh()
  await live()
  const send = async (body: Change, token?: string) => {
    const headers = { 'user-agent': BROWSER_AGENT, ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const answer = await fetch(`${delivery.origin}/v1/decisions`, {
      method: 'POST',
      body: JSON.stringify({ placements: [{ id: placement.id }], ...body }),
      headers,
    })
    return { status: answer.status, body: await answer.json() }
  }
  /** Line items by position, null for an empty slot. */
  const shown = async (body: Change = {}): Promise<(number | null)[]> => {
    const { body: read } = await send(body)
    return read.decisions.map(({ ad }: { ad: Ad | null }) => ad && ids.indexOf(ad.lineItemId))
  }
  return { world, api, site, placement, ids, send, shown, live, ...demand }
}

test.group('delivery rules over HTTP', () => {
  test('a cap binds a person with an id, and only that person', async ({ client, assert }) => {
    const { shown } = await setting(client, [{ frequencyCaps: [{ impressions: 2, per: 'day' }] }, {}])
    const anna = { consent: CONSENT, user: { id: newId() } }
    const seen = [await shown(anna), await shown(anna), await shown(anna)].flat()
    assert.deepEqual(seen, [0, 0, 1])
    assert.deepEqual(await shown({ consent: CONSENT, user: { id: newId() } }), [0])
  })

  test('without a consent a cap goes by visit or page view, and never by the id', async ({
    client,
    assert,
  }) => {
    const { shown } = await setting(client, [{ frequencyCaps: [{ impressions: 1, per: 'lifetime' }] }, {}])
    const user = { id: newId() }
    const denied = { consent: { gdpr: true }, user }
    assert.deepEqual([await shown(denied), await shown(denied)], [[0], [0]])
    const visit = { ...denied, session: newId() }
    assert.deepEqual([await shown(visit), await shown(visit)], [[0], [1]])
    const page = { ...denied, pageView: newId() }
    assert.deepEqual([await shown(page), await shown(page)], [[0], [1]])
  })

  test('two slots of one call cannot both be the last that a cap allows', async ({ client, assert }) => {
    const { shown, placement } = await setting(client, [{ frequencyCaps: [{ impressions: 1, per: 'day' }] }])
    assert.deepEqual(await shown({ placements: [{ id: placement.id, count: 3 }] }), [0, null, null])
  })

  test('rivals never share a page, in one call or in several', async ({ client, assert }) => {
    const rival = { exclusionKeys: ['cars'] }
    const { shown, placement } = await setting(client, [rival, rival, {}])
    assert.deepEqual(await shown({ placements: [{ id: placement.id, count: 3 }] }), [0, 2, 2])
    const pageView = newId()
    assert.deepEqual(await shown({ pageView }), [0])
    assert.deepEqual(await shown({ pageView, placements: [{ id: placement.id, count: 2 }] }), [2, 2])
  })

  test('an advertiser who wants one ad a page gets one', async ({ client, assert }) => {
    const { api, shown, placement, advertiser, live } = await setting(client, [{}, {}])
    await api.change(`advertisers/${advertiser.id}`, { oneAdPerPage: true })
    await live()
    assert.deepEqual(await shown({ placements: [{ id: placement.id, count: 2 }] }), [0, null])
  })

  test('a roadblock takes the page', async ({ client, assert }) => {
    const { shown, placement } = await setting(client, [{ roadblock: 'all_or_none' }, {}])
    assert.deepEqual(await shown({ placements: [{ id: placement.id, count: 3 }] }), [0, 0, 0])
  })

  test('publishers block, and explain says so', async ({ client, assert }) => {
    const supply = { blocks: { categories: ['gambling'] } }
    const { shown, send, world, placement, ids, site, api, live } = await setting(
      client,
      [{ adCategories: ['Gambling'] }, {}],
      supply
    )
    assert.deepEqual(await shown(), [1])
    const { body } = await send({ explain: true }, world.token)
    const reasons = body.explain[placement.id] as { lineItemId: string; reason: string | null }[]
    assert.equal(reasons.find(({ lineItemId }) => lineItemId === ids[0])?.reason, 'publisher_block')
    await api.change(`sites/${site.id}`, { blocks: { domains: ['shop.example'] } })
    await live()
    assert.deepEqual(await shown(), [null])
  })

  test('explain names caps and rivals', async ({ client, assert }) => {
    const cap = { frequencyCaps: [{ impressions: 1, per: 'day' }] }
    const { send, world, placement, ids } = await setting(client, [
      cap,
      { exclusionKeys: ['cars'] },
      { exclusionKeys: ['cars'] },
      {},
    ])
    const page = { pageView: newId(), explain: true }
    const answers = []
    for (let call = 0; call < 3; call++) answers.push((await send(page, world.token)).body)
    const why = answers.map(({ explain }) =>
      ids.map(
        (id) => explain[placement.id].find((one: { lineItemId: string }) => one.lineItemId === id).reason
      )
    )
    assert.deepEqual(why, [
      [null, 'outranked', 'outranked', 'outranked'],
      ['frequency_cap', null, 'outranked', 'outranked'],
      ['frequency_cap', 'competitive_exclusion', 'competitive_exclusion', null],
    ])
  })

  test('a vCPM line is charged when it was seen', async ({ client, assert }) => {
    const { send } = await setting(client, [{ price: { model: 'vcpm', amount: '4', currency: 'EUR' } }])
    const { body } = await send({})
    const token = (body.decisions[0].ad as Ad).urls.impression.split('/').at(-1)!
    const reading = (await app.container.make(TokenCodec)).read(token, Date.now())
    if (!reading.ok) throw new Error(reading.failure)
    const { charge, price } = reading.claims
    assert.deepEqual({ charge, price }, { charge: CHARGE.vcpm, price: 4_000_000 })
    assert.equal(chargeOf({ charge, price, kind: FACT_KIND.impression }), 0n)
    assert.equal(chargeOf({ charge, price, kind: FACT_KIND.viewable }), 4_000_000n)
  })

  test('an id of a page that cannot be one is refused: {pageView}')
    .with([{ pageView: 'a b' }, { pageView: 'x'.repeat(65) }, { pageView: 7 }, { session: '<script>' }])
    .run(async ({ client, assert }, body) => {
      const { send } = await setting(client, [])
      const answer = await send(body)
      assert.equal(answer.status, 422)
      assert.equal(answer.body.field, Object.keys(body)[0])
    })
})
