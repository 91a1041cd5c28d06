import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { DeliveryWorld } from '#tests/support/delivery_world'
import { Management } from '#tests/support/management'

const number = () => String(1 + Math.floor(Math.random() * 999_999_999))

test.group('external ids', () => {
  test('are set, moved, listed and taken away again', async ({ assert, client }) => {
    const world = await DeliveryWorld.create()
    const api = new Management(client, await world.token())
    const [one, other] = [
      await world.placement({ sizes: [[1, 1]] }),
      await world.placement({ sizes: [[1, 1]] }),
    ]
    const key = number()
    for (const object of [one, other]) {
      const set = await api.send('PUT', 'external-ids', { kind: 'placement', key, object })
      assert.equal(set.status, 200)
      assert.deepEqual(set.body, { kind: 'placement', key, object, assigned: false })
    }
    const listed = await api.read('external-ids?kind=placement')
    assert.deepEqual(listed.data, [{ kind: 'placement', key, object: other, assigned: false }])
    const gone = await api.send('PUT', 'external-ids', { kind: 'placement', key, object: null })
    assert.equal(gone.status, 204)
    assert.deepEqual((await api.read('external-ids')).data, [])
  })

  test('an id means one thing in the installation, an ad type one in each organisation', async ({
    assert,
    client,
  }) => {
    const [mine, theirs] = [await DeliveryWorld.create(), await DeliveryWorld.create()]
    const [me, they] = [
      new Management(client, await mine.token()),
      new Management(client, await theirs.token()),
    ]
    const key = number()
    const site = { kind: 'site', key }
    assert.equal((await me.send('PUT', 'external-ids', { ...site, object: mine.siteId })).status, 200)
    const taken = await they.send('PUT', 'external-ids', { ...site, object: theirs.siteId })
    assert.equal(taken.status, 409)
    assert.containsSubset(taken.body, { code: 'E_EXTERNAL_ID_TAKEN', field: 'key' })
    for (const api of [me, they]) {
      const adType = { kind: 'ad_type', key: 'sidebar', object: '300x250' }
      assert.equal((await api.send('PUT', 'external-ids', adType)).status, 200)
    }
    assert.lengthOf((await they.read('external-ids')).data as unknown[], 1)
  })

  test('refuses {about} and names {field}')
    .with([
      { about: 'an unknown kind', field: 'kind', kind: 'zone', key: '1', object: newId() },
      { about: 'a key with other characters', field: 'key', kind: 'placement', key: '<b>', object: newId() },
      {
        about: 'a name where clients read a number',
        field: 'key',
        kind: 'site',
        key: 'home',
        object: newId(),
      },
      { about: 'zero', field: 'key', kind: 'site', key: '0', object: newId() },
      {
        about: 'a number of those that we give',
        field: 'key',
        kind: 'placement',
        key: '1000000001',
        object: newId(),
      },
      {
        about: 'a placement that is not there',
        field: 'object',
        kind: 'placement',
        key: '7',
        object: newId(),
      },
      { about: 'what is no id', field: 'object', kind: 'creative', key: '7', object: 'x' },
      { about: 'what is no size', field: 'object', kind: 'ad_type', key: '7', object: '0x250' },
      { about: 'another organisation', field: 'object', kind: 'organisation', key: '7', object: newId() },
    ])
    .run(async ({ assert, client }, { field, kind, key, object }) => {
      const world = await DeliveryWorld.create()
      const api = new Management(client, await world.token())
      const refused = await api.send('PUT', 'external-ids', { kind, key, object })
      assert.equal(refused.status, 422)
      assert.containsSubset(refused.body, { code: 'E_VALIDATION', field })
    })

  test('a member who sees a part of the organisation sees and sets none', async ({ assert, client }) => {
    const world = await DeliveryWorld.create()
    const token = await world.token([{ type: 'advertiser', id: world.advertiserId }])
    const api = new Management(client, token)
    assert.equal((await api.send('GET', 'external-ids')).status, 403)
    const body = { kind: 'ad_type', key: 'a', object: '1x1' }
    assert.equal((await api.send('PUT', 'external-ids', body)).status, 403)
  })
})
