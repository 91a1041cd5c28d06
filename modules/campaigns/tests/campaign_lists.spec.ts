import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { createDemand } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { deliverNews } from '#tests/support/news'
import { createWorld } from '#tests/support/world'

type Row = { id: string; name: string }
const euro = (amount: string) => ({ amount, currency: 'EUR' })

test.group('lists of campaigns', () => {
  test('pages in any order show each campaign once, while others are made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    for (const name of ['b', 'A', 'c', 'a', 'B', 'ä', '🦊']) {
      await api.create('campaigns', { advertiserId, name })
    }
    for (const sort of [
      'name',
      '-name',
      'createdAt',
      '-createdAt',
      'startsAt',
      '-endsAt',
      'status',
      '-updatedAt',
    ]) {
      const before = ((await api.read('campaigns?limit=200')).data as Row[]).map((row) => row.id)
      const seen: Row[] = []
      let cursor: string | null = null
      do {
        const page = await api.read(`campaigns?limit=2&sort=${sort}${cursor ? `&cursor=${cursor}` : ''}`)
        seen.push(...(page.data as Row[]))
        cursor = page.nextCursor as string | null
        await api.create('campaigns', { advertiserId, name: `m ${newId()}`, endsAt: '2027-01-01' })
        if (seen.length > 60) throw new Error(`pages by ${sort} do not end`)
      } while (cursor && seen.length < 40)
      const ids = seen.map((row) => row.id)
      assert.lengthOf(new Set(ids), ids.length, sort)
      if (!cursor) assert.includeMembers(ids, before, sort)
    }
    const named = (await api.read('campaigns?sort=name&limit=7&q=')).data as Row[]
    const lower = named.map((row) => row.name.toLowerCase())
    assert.deepEqual(lower, [...lower].sort())
  })

  test('search, filters and bad parameters', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const first = await createDemand(api)
    const { advertiser } = await createDemand(api)
    await api.create('campaigns', { advertiserId: advertiser.id, name: '100 % Wolle, grün' })
    const total = async (query: string) => (await api.read(`campaigns?${query}`)).total
    assert.equal(await total(''), 3)
    assert.equal(await total('status=active'), 2)
    assert.equal(await total('status=draft,active'), 3)
    assert.equal(await total(`advertiserId=${first.advertiser.id}`), 1)
    assert.equal(await total(`advertiserId=${newId()}`), 0)
    assert.equal(await total('q=WOLLE'), 1)
    assert.equal(await total('q=wolle,%20GR'), 1)
    assert.equal(await total(`q=${encodeURIComponent('0 %')}`), 1)
    assert.equal(await total(`q=${encodeURIComponent('0_%')}`), 0)
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=1000', 'limit'],
      ['sort=secret', 'sort'],
      ['status=on', 'status'],
      ['advertiserId=1', 'advertiserId'],
      ['cursor=abc', 'cursor'],
      ['cursor=abc.def', 'cursor'],
    ]) {
      const answer = await api.send('GET', `campaigns?${query}`)
      assert.deepEqual([answer.status, answer.body.field], [422, field], query)
    }
  })
})

test.group('writes that meet', () => {
  test('a repeated Idempotency-Key makes one campaign', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const headers = { 'idempotency-key': newId() }
    const body = { advertiserId, name: 'Once' }
    const first = await api.send('POST', 'campaigns', body, headers)
    const second = await api.send('POST', 'campaigns', body, headers)
    assert.deepEqual([first.status, second.status], [201, 201])
    assert.equal(second.header('idempotency-replayed'), 'true')
    assert.equal(second.body.id, first.body.id)
    assert.equal((await api.read('campaigns')).total, 1)
    const other = await api.send('POST', 'campaigns', { ...body, name: 'Twice' }, headers)
    assert.equal(other.body.code, 'E_IDEMPOTENCY_MISMATCH')
  })

  test('of many changes under one ETag exactly one is made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign } = await createDemand(api)
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, turn) =>
        api.send('PATCH', `campaigns/${campaign.id}`, { name: `Name ${turn}` }, { 'if-match': '"1"' })
      )
    )
    const statuses = answers.map((answer) => answer.status)
    assert.lengthOf(
      statuses.filter((status) => status === 200),
      1
    )
    assert.lengthOf(
      statuses.filter((status) => status === 412),
      11
    )
  })

  test('every write is in the audit log with exact values before and after', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign } = await createDemand(api, { budgetTotal: euro('5') })
    await api.change(`campaigns/${campaign.id}`, { budgetTotal: euro('5.000000001') })
    await api.act(`campaigns/${campaign.id}/pause`, { reason: 'Rain' })
    await deliverNews()
    const log = (await api.read(`audit?objectId=${campaign.id}`)).data as Record<string, unknown>[]
    const entries = log.filter((entry) => entry.objectId === campaign.id)
    const actions = entries.map((entry) => entry.action).sort()
    assert.deepEqual(actions, ['campaign.created', 'campaign.pause', 'campaign.updated'])
    const updated = entries.find((entry) => entry.action === 'campaign.updated')!
    assert.deepEqual(updated.before, { budgetTotal: euro('5.000000000') })
    assert.deepEqual(updated.after, { budgetTotal: euro('5.000000001') })
    const paused = entries.find((entry) => entry.action === 'campaign.pause')!
    assert.containsSubset(paused.after, { status: 'paused', statusReason: 'Rain' })
  })
})
