import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { createWorld, type World } from '#tests/support/world'

const person = (more: Record<string, unknown> = {}) => ({
  name: 'Ada',
  email: `ada-${newId()}@example.test`,
  password: 'a long enough passphrase',
  role: 'viewer',
  ...more,
})

test.group('organisations', () => {
  test('a principal sees and changes its own organisation only', async ({ client, assert }) => {
    const [world, other] = [await createWorld(), await createWorld()]
    const list = await client.get('/api/v1/organisations').bearerToken(world.token)
    assert.deepEqual(
      list.body().data.map((one: { id: string }) => one.id),
      [world.organisation.id]
    )
    assert.equal(list.body().total, 1)
    const changed = await client
      .patch(`/api/v1/organisations/${world.organisation.id}`)
      .bearerToken(world.token)
      .json({ name: 'Renamed', timeZone: 'America/New_York' })
    changed.assertStatus(200)
    changed.assertBodyContains({ name: 'Renamed', timeZone: 'America/New_York', currency: 'EUR' })
    ;(
      await client.get(`/api/v1/organisations/${other.organisation.id}`).bearerToken(world.token)
    ).assertStatus(404)
    ;(
      await client
        .patch(`/api/v1/organisations/${other.organisation.id}`)
        .bearerToken(world.token)
        .json({ name: 'Mine' })
    ).assertStatus(404)
    const own = await client.get(`/api/v1/organisations/${other.organisation.id}`).bearerToken(other.token)
    own.assertBodyContains({ name: 'Test network' })
  })

  test('the currency is fixed and the zone must exist', async ({ client }) => {
    const world = await createWorld()
    const patch = (body: Record<string, unknown>) =>
      client.patch(`/api/v1/organisations/${world.organisation.id}`).bearerToken(world.token).json(body)
    const currency = await patch({ currency: 'USD' })
    currency.assertStatus(409)
    currency.assertBodyContains({ code: 'E_CURRENCY_FIXED', field: 'currency' })
    const zone = await patch({ timeZone: 'Mars/Olympus' })
    zone.assertStatus(422)
    zone.assertBodyContains({ field: 'timeZone' })
  })
})

test.group('people', () => {
  test('a person is added, changed, found and removed, and the audit log tells it', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const input = person()
    const made = await client
      .post('/api/v1/people')
      .bearerToken(world.token)
      .json({ ...input, email: input.email.toUpperCase() })
    made.assertStatus(201)
    made.assertBodyContains({ name: 'Ada', email: input.email, role: 'viewer', parties: null })
    assert.notProperty(made.body(), 'password')
    const { id } = made.body()
    ;(
      await client.post('/api/v1/auth/login').json({ email: input.email, password: input.password })
    ).assertStatus(200)
    const changed = await client
      .patch(`/api/v1/people/${id}`)
      .bearerToken(world.token)
      .json({ name: 'Ada L.', role: 'finance' })
    changed.assertBodyContains({ name: 'Ada L.', role: 'finance' })
    const found = await client
      .get('/api/v1/people')
      .bearerToken(world.token)
      .qs({ q: 'ada l', role: 'finance,viewer' })
    assert.deepEqual(
      found.body().data.map((one: { id: string }) => one.id),
      [id]
    )
    ;(await client.delete(`/api/v1/people/${id}`).bearerToken(world.token)).assertStatus(204)
    ;(await client.get(`/api/v1/people/${id}`).bearerToken(world.token)).assertStatus(404)
    const audit = await client.get('/api/v1/audit').bearerToken(world.token).qs({ objectId: id, sort: 'at' })
    assert.deepEqual(
      audit.body().data.map((one: { action: string }) => one.action),
      ['person.created', 'person.role_changed', 'person.renamed', 'person.removed']
    )
    assert.deepEqual(audit.body().data[1].after, { role: 'finance', parties: [] })
    assert.equal(audit.body().data[1].personId, world.owner.id)
    assert.notInclude(JSON.stringify(audit.body()), 'Ada')
  })

  test('{$i}. {change} is refused at {field}')
    .with([
      { change: { email: 'no address' }, field: 'email' },
      { change: { email: 'a@b' }, field: 'email' },
      { change: { password: 'short' }, field: 'password' },
      { change: { password: 'x'.repeat(201) }, field: 'password' },
      {
        change: { email: 'longlocal@example.test', password: 'LongLocal is my password' },
        field: 'password',
      },
      { change: { role: 'king' }, field: 'role' },
      { change: { name: '' }, field: 'name' },
      { change: { role: 'advertiser' }, field: 'parties' },
      { change: { role: 'viewer', parties: [{ type: 'advertiser', id: newId() }] }, field: 'parties' },
      {
        change: { role: 'advertiser', parties: [{ type: 'publisher', id: newId() }] },
        field: 'parties.0.type',
      },
      { change: { role: 'advertiser', parties: [{ type: 'advertiser', id: 'x' }] }, field: 'parties.0.id' },
      { change: { role: 'advertiser', parties: {} }, field: 'parties' },
    ])
    .run(async ({ client }, { change, field }) => {
      const world = await createWorld()
      const answer = await client.post('/api/v1/people').bearerToken(world.token).json(person(change))
      answer.assertStatus(422)
      answer.assertBodyContains({ field })
    })

  test('an e-mail that has an account is refused, whoever it belongs to', async ({ client }) => {
    const [world, other] = [await createWorld(), await createWorld()]
    const answer = await client
      .post('/api/v1/people')
      .bearerToken(world.token)
      .json(person({ email: other.owner.email }))
    answer.assertStatus(409)
    answer.assertBodyContains({ code: 'E_EMAIL_TAKEN', field: 'email' })
  })

  test('a {type} that a membership is limited to must exist in the organisation')
    .with([
      { type: 'advertiser', path: '/api/v1/advertisers' },
      { type: 'publisher', path: '/api/v1/publishers' },
    ])
    .run(async ({ client, assert }, { type, path }) => {
      const [world, other] = [await createWorld(), await createWorld()]
      const party = async ({ token }: World) =>
        (await client.post(path).bearerToken(token).json({ name: 'Acme' })).body().id as string
      const [known, foreign] = [await party(world), await party(other)]
      const scoped = (id: string) =>
        person({ role: type, parties: [known, id, known].map((one) => ({ type, id: one })) })
      const add = (id: string) => client.post('/api/v1/people').bearerToken(world.token).json(scoped(id))
      const made = await add(known)
      made.assertStatus(201)
      assert.deepEqual(made.body().parties, [{ type, id: known }])
      for (const id of [foreign, newId()]) {
        const missing = await add(id)
        missing.assertStatus(404)
        missing.assertBodyContains({ field: 'parties.1.id' })
      }
      const kept = await client
        .patch(`/api/v1/people/${made.body().id}`)
        .bearerToken(world.token)
        .json({ name: 'Ada L.' })
      assert.deepEqual(kept.body().parties, [{ type, id: known }])
      const whole = await client
        .patch(`/api/v1/people/${made.body().id}`)
        .bearerToken(world.token)
        .json({ role: 'viewer' })
      assert.isNull(whole.body().parties)
    })

  test('of another organisation nobody exists', async ({ client }) => {
    const [world, other] = [await createWorld(), await createWorld()]
    const path = `/api/v1/people/${other.owner.id}`
    ;(await client.get(path).bearerToken(world.token)).assertStatus(404)
    ;(await client.patch(path).bearerToken(world.token).json({ name: 'x' })).assertStatus(404)
    ;(
      await client.patch(path).bearerToken(world.token).json({ password: 'a long enough passphrase' })
    ).assertStatus(404)
    ;(await client.delete(path).bearerToken(world.token)).assertStatus(404)
    ;(await client.get('/api/v1/people/not-an-id').bearerToken(world.token)).assertStatus(404)
  })
})

test.group('owners', () => {
  test('the last owner stays owner, even when two leave at the same time', async ({ client, assert }) => {
    const world = await createWorld()
    const path = `/api/v1/people/${world.owner.id}`
    const demoted = await client.patch(path).bearerToken(world.token).json({ role: 'admin' })
    demoted.assertStatus(409)
    demoted.assertBodyContains({ code: 'E_LAST_OWNER' })
    ;(await client.delete(path).bearerToken(world.token)).assertStatus(409)
    const second = await world.person('owner')
    const answers = await Promise.all([
      client.delete(path).bearerToken(second.token),
      client.delete(`/api/v1/people/${second.id}`).bearerToken(world.token),
    ])
    assert.lengthOf(
      answers.filter((answer) => answer.status() === 204),
      1
    )
    const owners = await Promise.all(
      [world.token, second.token].map((token) =>
        client.get('/api/v1/people').bearerToken(token).qs({ role: 'owner' })
      )
    )
    assert.deepEqual(
      owners.filter((answer) => answer.status() === 200).map((answer) => answer.body().total),
      [1]
    )
  })

  test('only an owner makes, changes or removes an owner', async ({ client }) => {
    const world = await createWorld()
    const admin = await world.person('admin')
    const viewer = await world.person('viewer')
    ;(
      await client
        .post('/api/v1/people')
        .bearerToken(admin.token)
        .json(person({ role: 'owner' }))
    ).assertStatus(403)
    ;(
      await client.patch(`/api/v1/people/${viewer.id}`).bearerToken(admin.token).json({ role: 'owner' })
    ).assertStatus(403)
    ;(
      await client
        .patch(`/api/v1/people/${world.owner.id}`)
        .bearerToken(admin.token)
        .json({ password: 'a long enough passphrase' })
    ).assertStatus(403)
    ;(await client.delete(`/api/v1/people/${world.owner.id}`).bearerToken(admin.token)).assertStatus(403)
    ;(
      await client.patch(`/api/v1/people/${viewer.id}`).bearerToken(world.token).json({ role: 'owner' })
    ).assertStatus(200)
  })
})
