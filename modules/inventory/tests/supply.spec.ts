import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Inventory } from '#modules/inventory/contract'
import { newId } from '#modules/kernel/ids'
import { createSupply } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

test.group('supply over the API', () => {
  test('a placement is made, read, changed, archived and restored', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { publisher, site, placement } = await createSupply(api)
    assert.containsSubset(placement, {
      siteId: site.id,
      publisherId: publisher.id,
      mediaType: 'banner',
      floor: null,
      fallback: { type: 'none' },
      status: 'active',
      revision: 1,
    })
    const path = `placements/${placement.id}`
    const changed = await api.change(path, {
      floor: { model: 'cpm', amount: '0.35', currency: 'EUR' },
      sizes: [
        { width: 300, height: 250 },
        { width: 300, height: 250 },
        { width: 970, height: 250 },
      ],
    })
    assert.deepEqual(changed.floor, { model: 'cpm', amount: '0.350000000', currency: 'EUR' })
    assert.lengthOf(changed.sizes as unknown[], 2)
    assert.equal(changed.name, 'Top')
    assert.equal(changed.revision, 2)
    assert.isNull((await api.change(path, { floor: null })).floor)
    assert.equal((await api.send('DELETE', path)).status, 204)
    assert.equal((await api.send('DELETE', path)).status, 204)
    assert.equal((await api.send('PATCH', path, { name: 'x' })).body.code, 'E_ARCHIVED')
    assert.equal((await api.read('placements')).total, 0)
    assert.equal((await api.read('placements?status=archived')).total, 1)
    const restored = await api.act(`${path}/restore`, { reason: 'Relaunch' })
    assert.containsSubset(restored, { status: 'paused', statusReason: 'Relaunch' })
  })

  test('a change under an old ETag is refused, and one that changes nothing costs no revision', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const publisher = await api.create('publishers', { name: 'P', domain: 'Exämple.com' })
    assert.equal(publisher.domain, 'xn--exmple-cua.com')
    const path = `publishers/${publisher.id}`
    const first = await api.send('PATCH', path, { name: 'Q' }, { 'if-match': '"1"' })
    assert.equal(first.status, 200)
    assert.equal(first.header('etag'), '"2"')
    const second = await api.send('PATCH', path, { name: 'R' }, { 'if-match': '"1"' })
    assert.equal(second.status, 412)
    assert.equal(second.body.code, 'E_CHANGED_MEANWHILE')
    assert.equal((await api.change(path, { name: 'Q' })).revision, 2)
    const clearing = await api.change(path, { domain: null })
    assert.isNull(clearing.domain)
  })

  test('bad input is refused with the field at fault, and nothing is made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { publisher, site } = await createSupply(api)
    const minimal = { siteId: site.id, name: 'P', sizes: [{ width: 1, height: 1 }] }
    for (const { path, body, field } of refusedBodies(publisher.id, site.id)) {
      const whole = 'floor' in body || 'fallback' in body
      const answer = await api.send('POST', path, whole ? { ...minimal, ...body } : body)
      const what = `${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`
      assert.deepEqual([answer.status, answer.body.field], [422, field], what)
      assert.match(answer.header('content-type') ?? '', /problem\+json/)
    }
    for (const list of ['publishers', 'sites', 'placements']) assert.equal((await api.read(list)).total, 1)
  })

  test('names of any script stay what they are', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    for (const name of [
      '<script>alert(1)</script>',
      '🦊 & "Söhne"',
      'دار النشر',
      `'; drop table x; --`,
      '%_\\',
    ]) {
      const made = await api.create('publishers', { name })
      assert.equal((await api.read(`publishers/${made.id}`)).name, name)
      const found = await api.read(`publishers?q=${encodeURIComponent(name)}`)
      assert.deepEqual(
        (found.data as { id: string }[]).map((one) => one.id),
        [made.id]
      )
    }
  })

  test('nothing of another organisation exists, at either end of a link', async ({ client, assert }) => {
    const mine = new Management(client, (await createWorld()).token)
    const theirs = new Management(client, (await createWorld()).token)
    const foreign = await createSupply(theirs)
    const links = [
      await mine.send('POST', 'sites', { publisherId: foreign.publisher.id, name: 'S', domain: 'a.example' }),
      await mine.send('POST', 'placements', {
        siteId: foreign.site.id,
        name: 'P',
        sizes: [{ width: 1, height: 1 }],
      }),
    ]
    assert.deepEqual(
      links.map((answer) => [answer.status, answer.body.field]),
      [
        [404, 'publisherId'],
        [404, 'siteId'],
      ]
    )
    for (const path of [`publishers/${foreign.publisher.id}`, `sites/${foreign.site.id}`]) {
      for (const answer of [
        await mine.send('GET', path),
        await mine.send('PATCH', path, { name: 'x' }),
        await mine.send('DELETE', path),
        await mine.send('POST', `${path}/pause`, {}),
      ]) {
        assert.equal(answer.status, 404)
      }
    }
    assert.equal((await theirs.read(`sites/${foreign.site.id}`)).revision, 1)
    assert.equal((await mine.send('GET', `sites/${newId()}`)).status, 404)
    assert.equal((await mine.send('GET', 'sites/1%20or%201=1')).status, 404)
  })

  test("a publisher's people see and change that publisher's supply only", async ({ client, assert }) => {
    const world = await createWorld()
    const owner = new Management(client, world.token)
    const [own, other] = [await createSupply(owner), await createSupply(owner)]
    const person = await world.person('publisher', { parties: [{ type: 'publisher', id: own.publisher.id }] })
    const api = new Management(client, person.token)
    for (const list of ['publishers', 'sites', 'placements']) assert.equal((await api.read(list)).total, 1)
    assert.equal((await api.send('GET', `placements/${other.placement.id}`)).status, 404)
    assert.equal((await api.send('PATCH', `sites/${other.site.id}`, { name: 'x' })).status, 404)
    const foreign = { siteId: other.site.id, name: 'P', sizes: [{ width: 1, height: 1 }] }
    assert.equal((await api.send('POST', 'placements', foreign)).status, 404)
    assert.equal((await api.send('POST', 'publishers', { name: 'x' })).status, 403)
    assert.equal((await api.create('placements', { ...foreign, siteId: own.site.id })).status, 'active')
    const inventory = await app.container.make(Inventory)
    assert.lengthOf((await inventory.visiblePlacements(person.principal)) ?? [], 2)
    assert.isNull(await inventory.visiblePlacements(world.principal))
  })

  test('who may only read is told so', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, (await world.person('viewer')).token)
    const refused = await api.send('POST', 'publishers', { name: 'x' })
    assert.deepEqual([refused.status, refused.body.code], [403, 'E_NOT_ALLOWED'])
    assert.equal((await client.get('/api/v1/publishers')).status(), 401)
  })
})

test.group('the inventory section', () => {
  test('a placement is active only while it, its site and its publisher are', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { publisher, site, placement } = await createSupply(api)
    const inventory = await app.container.make(Inventory)
    const active = async () => {
      const { data } = await inventory.section(world.organisation.id)
      return data.placements.map((one) => one.active)
    }
    assert.deepEqual(await active(), [true])
    for (const path of [`publishers/${publisher.id}`, `sites/${site.id}`, `placements/${placement.id}`]) {
      await api.act(`${path}/pause`)
      assert.deepEqual(await active(), [false])
      await api.act(`${path}/archive`)
      assert.deepEqual(await active(), [false])
      await api.act(`${path}/restore`)
      await api.act(`${path}/activate`)
      assert.deepEqual(await active(), [true])
    }
  })

  test('its version grows with each change, and only then', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const inventory = await app.container.make(Inventory)
    const version = async () => (await inventory.versions()).get(world.organisation.id) ?? 0
    assert.equal(await version(), 0)
    const { publisher } = await createSupply(api)
    assert.equal(await version(), 3)
    await api.change(`publishers/${publisher.id}`, { name: publisher.name })
    await api.send('POST', 'publishers', { name: '' })
    assert.equal(await version(), 3)
    await api.act(`publishers/${publisher.id}/pause`)
    assert.equal(await version(), 4)
    assert.equal((await inventory.section(world.organisation.id)).version, 4)
  })
})

function refusedBodies(
  publisherId: string,
  siteId: string
): { path: string; body: Record<string, unknown>; field: string }[] {
  return [
    { path: 'publishers', body: {}, field: 'name' },
    { path: 'publishers', body: { name: 7 }, field: 'name' },
    { path: 'publishers', body: { name: ['x'] }, field: 'name' },
    { path: 'publishers', body: { name: 'a\u0000b' }, field: 'name' },
    { path: 'publishers', body: { name: null }, field: 'name' },
    { path: 'publishers', body: { name: 'P', domain: 'http://x.example/' }, field: 'domain' },
    { path: 'publishers', body: { name: 'P', status: 'live' }, field: 'status' },
    { path: 'sites', body: { publisherId: 'no', name: 'S', domain: 'a.example' }, field: 'publisherId' },
    { path: 'sites', body: { publisherId, name: 'S' }, field: 'domain' },
    { path: 'sites', body: { publisherId, name: 'S', type: 'app' }, field: 'bundle' },
    {
      path: 'sites',
      body: { publisherId, name: 'S', domain: 'a.example', storeUrl: 'javascript:0' },
      field: 'storeUrl',
    },
    { path: 'placements', body: { siteId, name: 'P' }, field: 'sizes' },
    { path: 'placements', body: { siteId, name: 'P', sizes: [] }, field: 'sizes' },
    { path: 'placements', body: { siteId, name: 'P', sizes: {} }, field: 'sizes' },
    {
      path: 'placements',
      body: { siteId, name: 'P', sizes: [{ width: '300', height: 250 }] },
      field: 'sizes.0.width',
    },
    {
      path: 'placements',
      body: { siteId, name: 'P', sizes: [{ width: 0, height: 250 }] },
      field: 'sizes.0.width',
    },
    { path: 'placements', body: { floor: 1.5 }, field: 'floor' },
    {
      path: 'placements',
      body: { floor: { model: 'cpm', amount: 1, currency: 'EUR' } },
      field: 'floor.amount',
    },
    {
      path: 'placements',
      body: { floor: { model: 'cpm', amount: '-1', currency: 'EUR' } },
      field: 'floor.amount',
    },
    {
      path: 'placements',
      body: { floor: { model: 'cpm', amount: '0.0000001', currency: 'EUR' } },
      field: 'floor.amount',
    },
    {
      path: 'placements',
      body: { floor: { model: 'cpm', amount: '1', currency: 'USD' } },
      field: 'floor.currency',
    },
    {
      path: 'placements',
      body: { floor: { model: 'cpc', amount: '1', currency: 'EUR' } },
      field: 'floor.model',
    },
    { path: 'placements', body: { fallback: { type: 'markup', markup: '' } }, field: 'fallback.markup' },
  ]
}
