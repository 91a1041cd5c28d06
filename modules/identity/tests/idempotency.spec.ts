import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { IN_PROGRESS_MINUTES, KEPT_HOURS } from '#modules/kernel/http/idempotency'
import { Tenancy } from '#modules/kernel/tenancy'
import { FrozenClock } from '#modules/kernel/time'
import PostgresIdempotency from '#modules/identity/services/postgres_idempotency'
import { createWorld, type World } from '#tests/support/world'
import type { ApiClient } from '@japa/api-client'

const make = (
  client: ApiClient,
  world: World,
  key: string,
  body: object = { name: 'import', scopes: ['reports'] },
  bearer = world.token
) => client.post('/api/v1/tokens').bearerToken(bearer).header('idempotency-key', key).json(body)
const tokensOf = async (client: ApiClient, world: World) =>
  (await client.get('/api/v1/tokens').bearerToken(world.token)).body().total as number

test.group('Idempotency-Key', () => {
  test('a repeated write gets the first answer and does nothing', async ({ client, assert }) => {
    const world = await createWorld()
    const key = newId()
    const first = await make(client, world, key)
    const again = await make(client, world, key)
    first.assertStatus(201)
    again.assertStatus(201)
    assert.isUndefined(first.header('idempotency-replayed'))
    assert.equal(again.header('idempotency-replayed'), 'true')
    assert.deepEqual(again.body(), first.body())
    assert.equal(again.header('content-type'), first.header('content-type'))
    assert.equal(await tokensOf(client, world), 2)
  })

  test('the stored answer is sealed: a secret that is shown once is not in the table', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const key = newId()
    const { secret } = (await make(client, world, key)).body()
    const tenancy = await app.container.make(Tenancy)
    const [row] = await tenancy.transaction(world.organisation.id, (trx) =>
      trx.from('identity_idempotency_keys')
    )
    const bytes = Buffer.concat([row.body, row.key_digest])
    assert.isFalse(bytes.includes(secret) || bytes.includes(key))
  })

  test('the same key with another body or path is refused', async ({ client }) => {
    const world = await createWorld()
    const key = newId()
    await make(client, world, key)
    const body = await make(client, world, key, { name: 'other', scopes: ['reports'] })
    body.assertStatus(422)
    body.assertBodyContains({ code: 'E_IDEMPOTENCY_MISMATCH' })
    const path = await client
      .post('/api/v1/people')
      .bearerToken(world.token)
      .header('idempotency-key', key)
      .json({
        name: 'Ada',
        email: `${newId()}@example.test`,
        password: 'a long enough passphrase',
        role: 'viewer',
      })
    path.assertStatus(422)
    path.assertBodyContains({ code: 'E_IDEMPOTENCY_MISMATCH' })
  })

  test('of several at the same time one works and the others are told to wait or get its answer', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const key = newId()
    const person = {
      name: 'Ada',
      email: `${newId()}@example.test`,
      password: 'a long enough passphrase',
      role: 'viewer',
    }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        client.post('/api/v1/people').bearerToken(world.token).header('idempotency-key', key).json(person)
      )
    )
    const made = answers.filter(
      (answer) => answer.status() === 201 && answer.header('idempotency-replayed') === undefined
    )
    assert.lengthOf(made, 1)
    for (const answer of answers) assert.include([201, 409], answer.status())
    const waiting = answers.find((answer) => answer.status() === 409)
    waiting?.assertBodyContains({ code: 'E_IDEMPOTENCY_IN_PROGRESS' })
    assert.isDefined(waiting)
  })

  test('keys of two people and of two organisations never meet', async ({ client, assert }) => {
    const [world, other] = [await createWorld(), await createWorld()]
    const admin = await world.person('admin')
    const key = newId()
    const answers = [
      await make(client, world, key),
      await make(client, world, key, undefined, admin.token),
      await make(client, other, key),
    ]
    for (const answer of answers) {
      answer.assertStatus(201)
      assert.isUndefined(answer.header('idempotency-replayed'))
    }
  })

  test('a refused input leaves no trace: the corrected request may use the same key', async ({ client }) => {
    const world = await createWorld()
    const key = newId()
    ;(await make(client, world, key, { name: '' })).assertStatus(422)
    ;(await make(client, world, key)).assertStatus(201)
  })

  test('a conflict that the handler found is replayed', async ({ client, assert }) => {
    const world = await createWorld()
    const send = (key: string) =>
      client
        .delete(`/api/v1/people/${world.owner.id}`)
        .bearerToken(world.token)
        .header('idempotency-key', key)
    const key = newId()
    ;(await send(key)).assertStatus(409)
    const again = await send(key)
    again.assertStatus(409)
    again.assertBodyContains({ code: 'E_LAST_OWNER' })
    assert.equal(again.header('idempotency-replayed'), 'true')
    assert.include(again.header('content-type'), 'application/problem+json')
  })

  test('the key {key} is refused')
    .with([{ key: 'with space' }, { key: 'x'.repeat(256) }, { key: 'ümlaut' }])
    .run(async ({ client }, { key }) => {
      const answer = await make(
        client,
        await createWorld(),
        encodeURI(key) === key || key.length > 255 ? key : key.replace('ü', '\u00fc')
      )
      answer.assertStatus(422)
      answer.assertBodyContains({ field: 'Idempotency-Key' })
    })
})

test.group('idempotency store', () => {
  async function setUp() {
    const world = await createWorld()
    const clock = new FrozenClock(Date.now())
    const store = new PostgresIdempotency(
      await app.container.make(Tenancy),
      clock,
      'a key for this test only'
    )
    const request = {
      organisationId: world.organisation.id,
      principal: world.owner.id,
      key: newId(),
      method: 'POST',
      path: '/x',
      digest: Buffer.alloc(32, 1),
    }
    return { clock, store, request }
  }
  const answer = { status: 201, contentType: 'application/json', body: '{"é":1}' }

  test('a key that a dead process left in progress is free again after some minutes', async ({ assert }) => {
    const { clock, store, request } = await setUp()
    assert.equal((await store.begin(request)).type, 'fresh')
    clock.advance(IN_PROGRESS_MINUTES * 60_000 - 1)
    assert.equal((await store.begin(request)).type, 'in_progress')
    clock.advance(1)
    assert.equal((await store.begin(request)).type, 'fresh')
  })

  test('a process that was taken for dead cannot overwrite the answer of its successor', async ({
    assert,
  }) => {
    const { clock, store, request } = await setUp()
    const first = await store.begin(request)
    clock.advance(IN_PROGRESS_MINUTES * 60_000)
    const second = await store.begin(request)
    if (first.type !== 'fresh' || second.type !== 'fresh') return assert.fail('both begin')
    await store.finish(request, second.attempt, answer)
    await store.finish(request, first.attempt, { ...answer, status: 500 })
    await store.release(request, first.attempt)
    assert.deepEqual(await store.begin(request), { type: 'stored', answer })
  })

  test('an answer is kept for a day, a released key not at all', async ({ assert }) => {
    const { clock, store, request } = await setUp()
    const begun = await store.begin(request)
    if (begun.type !== 'fresh') return assert.fail('begins')
    await store.finish(request, begun.attempt, answer)
    clock.advance(KEPT_HOURS * 3_600_000 - 1)
    assert.equal((await store.begin(request)).type, 'stored')
    clock.advance(1)
    const next = await store.begin({ ...request, digest: Buffer.alloc(32, 2) })
    if (next.type !== 'fresh') return assert.fail('begins anew')
    await store.release(request, next.attempt)
    assert.equal((await store.begin(request)).type, 'fresh')
  })
})
