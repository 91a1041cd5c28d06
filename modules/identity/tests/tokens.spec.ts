import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { newId } from '#modules/kernel/ids'
import { createWorld, type World } from '#tests/support/world'

async function newToken(
  world: World,
  client: ApiClient,
  body: Record<string, unknown>,
  bearer = world.token
) {
  return client
    .post('/api/v1/tokens')
    .bearerToken(bearer)
    .json({ name: 'Nightly import', scopes: ['management'], ...body })
}

test.group('tokens', () => {
  test('a token shows its secret once, works, is marked as used, and ends when revoked', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const made = await newToken(world, client, {})
    made.assertStatus(201)
    const { id, secret, hint } = made.body()
    assert.match(secret, /^plk_[A-Za-z0-9_-]{43}$/)
    assert.isTrue(secret.startsWith(hint))
    ;(await client.get('/api/v1/people').bearerToken(secret)).assertStatus(200)
    const shown = await client.get(`/api/v1/tokens/${id}`).bearerToken(world.token)
    assert.isString(shown.body().lastUsedAt)
    assert.notInclude(JSON.stringify(shown.body()), secret)
    ;(await client.delete(`/api/v1/tokens/${id}`).bearerToken(world.token)).assertStatus(204)
    ;(await client.delete(`/api/v1/tokens/${id}`).bearerToken(world.token)).assertStatus(204)
    ;(await client.get('/api/v1/people').bearerToken(secret)).assertStatus(401)
    const ended = await client.get('/api/v1/tokens').bearerToken(world.token).qs({ state: 'ended' })
    assert.deepEqual(
      ended.body().data.map((one: { id: string }) => one.id),
      [id]
    )
  })

  test('a scope lets through only its part of the rights', async ({ client }) => {
    const world = await createWorld()
    const { secret: reports } = (await newToken(world, client, { scopes: ['reports'] })).body()
    ;(await client.get('/api/v1/people').bearerToken(reports)).assertStatus(403)
    ;(await newToken(world, client, {}, reports)).assertStatus(403)
    const { secret: management } = (await newToken(world, client, {})).body()
    const beyond = await newToken(world, client, { scopes: ['management', 'privacy'] }, management)
    beyond.assertStatus(403)
    beyond.assertBodyContains({ field: 'scopes.1' })
    const advertiser = await world.person('advertiser', { parties: [{ type: 'advertiser', id: newId() }] })
    ;(await newToken(world, client, { scopes: ['privacy'] }, advertiser.token)).assertStatus(403)
    ;(await newToken(world, client, { scopes: ['reports'] }, advertiser.token)).assertStatus(201)
  })

  test('people see their own tokens, who manages people sees all', async ({ client, assert }) => {
    const world = await createWorld()
    const finance = await world.person('finance')
    const { id } = (await newToken(world, client, {})).body()
    const own = await client.get('/api/v1/tokens').bearerToken(finance.token)
    assert.deepEqual(
      own.body().data.map((one: { id: string }) => one.id),
      [finance.tokenId]
    )
    ;(await client.get(`/api/v1/tokens/${id}`).bearerToken(finance.token)).assertStatus(404)
    ;(await client.delete(`/api/v1/tokens/${id}`).bearerToken(finance.token)).assertStatus(404)
    assert.equal((await client.get('/api/v1/tokens').bearerToken(world.token)).body().total, 3)
  })

  test('{$i}. {body} is refused at {field}')
    .with([
      { body: { scopes: [] }, field: 'scopes' },
      { body: { scopes: ['everything'] }, field: 'scopes.0' },
      { body: { scopes: 'management' }, field: 'scopes' },
      { body: { scopes: ['reports', 'reports'] }, field: 'scopes' },
      { body: { expiresAt: '2020-01-01T00:00:00Z' }, field: 'expiresAt' },
      { body: { expiresAt: '2099-02-30T00:00:00Z' }, field: 'expiresAt' },
      { body: { name: 'a\u0000b' }, field: 'name' },
    ])
    .run(async ({ client }, { body, field }) => {
      const answer = await newToken(await createWorld(), client, body)
      answer.assertStatus(422)
      answer.assertBodyContains({ field })
    })

  test('a token of another organisation does not exist', async ({ client }) => {
    const [world, other] = [await createWorld(), await createWorld()]
    ;(await client.get(`/api/v1/tokens/${other.owner.tokenId}`).bearerToken(world.token)).assertStatus(404)
    ;(await client.delete(`/api/v1/tokens/${other.owner.tokenId}`).bearerToken(world.token)).assertStatus(404)
    ;(await client.get('/api/v1/auth/me').bearerToken(other.token)).assertStatus(200)
  })
})
