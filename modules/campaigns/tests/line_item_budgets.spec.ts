import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Campaigns } from '#modules/campaigns/contract'
import { createDemand, pricedLine } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { deliverNews } from '#tests/support/news'
import { createWorld } from '#tests/support/world'

const euro = (amount: string) => ({ amount, currency: 'EUR' })

test.group('budgets of line items', () => {
  test('are exact money, are cleared by null, and are kept when they are left out', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const budgets = { budgetTotal: euro('100000000000.000000001'), budgetDaily: euro('0.000000001') }
    const made = await api.create('line-items', pricedLine(campaign.id, creative.id, budgets))
    assert.containsSubset(made, budgets)
    const path = `line-items/${made.id}`
    assert.containsSubset(await api.change(path, { name: 'Renamed' }), budgets)
    const cleared = await api.change(path, { budgetDaily: null })
    assert.containsSubset(cleared, { budgetTotal: budgets.budgetTotal, budgetDaily: null })
    assert.deepEqual(await api.read(path), cleared)
    const bare = await api.create('line-items', pricedLine(campaign.id, creative.id))
    assert.containsSubset(bare, { budgetTotal: null, budgetDaily: null })
  })

  test('need no price, and outlive one that is cleared', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign } = await createDemand(api)
    const draft = { campaignId: campaign.id, name: 'Draft', tier: 'price_priority', budgetTotal: euro('5') }
    const { id } = await api.create('line-items', draft)
    const price = { model: 'cpm', ...euro('2.000000000') }
    assert.containsSubset(await api.change(`line-items/${id}`, { price }), { price })
    const kept = await api.change(`line-items/${id}`, { price: null })
    assert.containsSubset(kept, { price: null, budgetTotal: euro('5.000000000') })
    const empty = await api.change(`line-items/${id}`, { budgetTotal: null })
    assert.containsSubset(empty, { price: null, budgetTotal: null })
  })

  test('bad input is refused with the field at fault, and changes nothing', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const line = pricedLine(campaign.id, creative.id)
    const house = { tier: 'house', price: null }
    const cases: [Record<string, unknown>, string][] = [
      [{ budgetTotal: 100 }, 'budgetTotal'],
      [{ budgetTotal: '100' }, 'budgetTotal'],
      [{ budgetTotal: [] }, 'budgetTotal'],
      [{ budgetTotal: { amount: 100, currency: 'EUR' } }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('0') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('-1') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('1e3') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('1.0000000001') }, 'budgetTotal.amount'],
      [{ budgetTotal: { amount: '1', currency: 'USD' } }, 'budgetTotal.currency'],
      [{ budgetTotal: { amount: '1', currency: 'XXQ' } }, 'budgetTotal.currency'],
      [{ budgetDaily: 1.5 }, 'budgetDaily'],
      [{ budgetDaily: euro('0') }, 'budgetDaily.amount'],
      [{ budgetDaily: { amount: '1', currency: 'USD' } }, 'budgetDaily.currency'],
      [{ budgetTotal: euro('1'), budgetDaily: euro('1.000000001') }, 'budgetDaily'],
      [{ ...house, budgetTotal: euro('1') }, 'budgetTotal'],
      [{ ...house, budgetDaily: euro('1') }, 'budgetDaily'],
    ]
    for (const [fault, field] of cases) {
      const answer = await api.send('POST', 'line-items', { ...line, ...fault })
      const what = `${JSON.stringify(fault)}: ${JSON.stringify(answer.body)}`
      assert.deepEqual([answer.status, answer.body.field], [422, field], what)
    }
    assert.equal((await api.read('line-items')).total, 0)
    const made = await api.create('line-items', { ...line, budgetTotal: euro('1') })
    const changes: [Record<string, unknown>, string][] = [
      [{ budgetDaily: euro('2') }, 'budgetDaily'],
      [{ tier: 'house', price: null }, 'budgetTotal'],
    ]
    for (const [change, field] of changes) {
      const answer = await api.send('PATCH', `line-items/${made.id}`, change)
      assert.deepEqual([answer.status, answer.body.field], [422, field], JSON.stringify(change))
    }
    assert.deepEqual(await api.read(`line-items/${made.id}`), made)
  })

  test('are in the document, in the audit log and in the snapshot', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { campaign, creative } = await createDemand(api, { timeZone: 'Asia/Tokyo' })
    const budgets = { budgetTotal: euro('7'), status: 'active' }
    const { id } = await api.create('line-items', pricedLine(campaign.id, creative.id, budgets))
    await api.create('line-items', pricedLine(campaign.id, creative.id, { status: 'active' }))
    await api.change(`line-items/${id}`, { budgetTotal: euro('7.000000001'), budgetDaily: euro('3') })
    await deliverNews()
    const log = (await api.read(`audit?objectId=${id}`)).data as Record<string, unknown>[]
    const updated = log.find((entry) => entry.action === 'line_item.updated')!
    assert.deepEqual(updated.before, { budgetTotal: euro('7.000000000'), budgetDaily: null })
    assert.deepEqual(updated.after, {
      budgetTotal: euro('7.000000001'),
      budgetDaily: euro('3.000000000'),
    })
    const campaigns = await app.container.make(Campaigns)
    const limits = { totalNanos: '7000000001', dailyNanos: '3000000000' }
    const { lineItems } = await campaigns.compile(world.organisation.id)
    assert.deepEqual(
      lineItems.map(({ budget }) => budget),
      [limits, undefined]
    )
    const listed = await campaigns.lineItemBudgets(world.organisation.id)
    assert.deepEqual(listed as unknown, [{ lineItemId: id, timeZone: 'Asia/Tokyo', ...limits }])
    const document = (await client.get('/api/v1/openapi.json')).body() as {
      paths: Record<string, { post: unknown }>
    }
    assert.include(JSON.stringify(document.paths['/api/v1/line-items']!.post), '"budgetDaily"')
  })
})
