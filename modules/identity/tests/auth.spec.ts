import { test } from '@japa/runner'
import { base64url, SignJWT } from 'jose'
import env from '#start/env'
import { deriveKey } from '#modules/kernel/signing'
import { createWorld, freshAddress, type WorldPerson } from '#tests/support/world'
import type { ApiClient } from '@japa/api-client'

const WRONG = { code: 'E_INVALID_CREDENTIALS', status: 401 }

const post = (client: ApiClient, path: string) => client.post(path).header('x-forwarded-for', freshAddress())

async function logIn(client: ApiClient, { email, password }: Pick<WorldPerson, 'email' | 'password'>) {
  const answer = await post(client, '/api/v1/auth/login').json({ email, password })
  answer.assertStatus(200)
  return answer.body() as { accessToken: string; refreshToken: string; expiresIn: number }
}
const me = (client: ApiClient, bearer: string) => client.get('/api/v1/auth/me').bearerToken(bearer)

test.group('log-in', () => {
  test('a person logs in and is told who they are, without a cookie', async ({ client, assert }) => {
    const world = await createWorld()
    const login = await post(client, '/api/v1/auth/login').json({
      email: ` ${world.owner.email.toUpperCase()} `,
      password: world.owner.password,
    })
    login.assertStatus(200)
    assert.equal(login.body().expiresIn, 900)
    assert.isUndefined(login.header('set-cookie'))
    assert.equal(login.header('cache-control'), 'no-store')
    const answer = await me(client, login.body().accessToken)
    answer.assertStatus(200)
    assert.equal(answer.body().person.email, world.owner.email)
    assert.equal(answer.body().organisation.id, world.organisation.id)
    assert.equal(answer.body().role, 'owner')
    assert.isNull(answer.body().parties)
    assert.isUndefined(answer.header('set-cookie'))
  })

  test('a wrong password and an unknown e-mail answer alike', async ({ client, assert }) => {
    const world = await createWorld()
    const wrong = await post(client, '/api/v1/auth/login').json({
      email: world.owner.email,
      password: 'not the password',
    })
    const unknown = await post(client, '/api/v1/auth/login').json({
      email: `nobody-${world.organisation.id}@example.test`,
      password: 'not the password',
    })
    wrong.assertStatus(401)
    wrong.assertBodyContains(WRONG)
    assert.deepEqual(unknown.body(), wrong.body())
  })

  test('{$i}. the body {body} is refused at {field}')
    .with([
      { body: {}, field: 'email' },
      { body: { email: 'a@example.test' }, field: 'password' },
      { body: { email: 1, password: 'x' }, field: 'email' },
      { body: { email: ['a@example.test'], password: 'x' }, field: 'email' },
      { body: { email: 'a@example.test', password: { $ne: null } }, field: 'password' },
      { body: { email: 'a'.repeat(5000), password: 'x' }, field: 'email' },
    ])
    .run(async ({ client }, { body, field }) => {
      const answer = await post(client, '/api/v1/auth/login').json(body)
      answer.assertStatus(422)
      answer.assertBodyContains({ code: 'E_VALIDATION', field })
    })
})

test.group('access tokens', () => {
  test('a forged token proves nothing: {forgery}')
    .with(
      [
        'alg none',
        'unsigned with our header',
        'another key',
        'another algorithm under our key',
        'another type',
        'another audience',
        'another issuer',
        'without expiry',
        'expired',
        'far from now',
        'another organisation',
        'another person',
        'changed payload',
        'garbage',
        'empty parts',
      ].map((forgery) => ({ forgery }))
    )
    .run(async ({ client, assert }, { forgery }) => {
      const world = await createWorld()
      const other = await createWorld()
      const { accessToken } = await logIn(client, world.owner)
      const forged = await forge(forgery, accessToken, other)
      const answer = await me(client, forged)
      answer.assertStatus(401)
      answer.assertBodyContains({ code: 'E_NOT_AUTHENTICATED' })
      assert.equal(answer.header('www-authenticate'), 'Bearer')
      ;(await me(client, accessToken)).assertStatus(200)
    })

  test('no bearer, another scheme and an over-long one are refused', async ({ client }) => {
    ;(await client.get('/api/v1/auth/me')).assertStatus(401)
    ;(await client.get('/api/v1/auth/me').header('authorization', 'Basic YTpi')).assertStatus(401)
    ;(await client.get('/api/v1/auth/me').bearerToken('a'.repeat(6000))).assertStatus(401)
  })

  test('a removed person loses access with the next request', async ({ client }) => {
    const world = await createWorld()
    const admin = await world.person('admin')
    const { accessToken, refreshToken } = await logIn(client, admin)
    ;(await me(client, accessToken)).assertStatus(200)
    ;(await client.delete(`/api/v1/people/${admin.id}`).bearerToken(world.token)).assertStatus(204)
    ;(await me(client, accessToken)).assertStatus(401)
    ;(await me(client, admin.token)).assertStatus(401)
    ;(await client.post('/api/v1/auth/refresh').json({ refreshToken })).assertStatus(401)
    ;(
      await post(client, '/api/v1/auth/login').json({ email: admin.email, password: admin.password })
    ).assertStatus(401)
  })

  test('a changed role holds with the next request', async ({ client, assert }) => {
    const world = await createWorld()
    const admin = await world.person('admin')
    const { accessToken } = await logIn(client, admin)
    ;(
      await client.patch(`/api/v1/people/${admin.id}`).bearerToken(world.token).json({ role: 'finance' })
    ).assertStatus(200)
    const answer = await me(client, accessToken)
    assert.equal(answer.body().role, 'finance')
    ;(await client.get('/api/v1/people').bearerToken(accessToken)).assertStatus(403)
  })
})

test.group('refresh tokens', () => {
  test('a refresh token is exchanged once for the next pair', async ({ client, assert }) => {
    const world = await createWorld()
    const first = await logIn(client, world.owner)
    const next = await client.post('/api/v1/auth/refresh').json({ refreshToken: first.refreshToken })
    next.assertStatus(200)
    assert.notEqual(next.body().refreshToken, first.refreshToken)
    ;(await me(client, next.body().accessToken)).assertStatus(200)
    ;(await me(client, first.accessToken)).assertStatus(200)
  })

  test('a refresh token that comes back ends the whole log-in, its access tokens included', async ({
    client,
  }) => {
    const world = await createWorld()
    const first = await logIn(client, world.owner)
    const elsewhere = await logIn(client, world.owner)
    const next = (await client.post('/api/v1/auth/refresh').json({ refreshToken: first.refreshToken })).body()
    ;(await client.post('/api/v1/auth/refresh').json({ refreshToken: first.refreshToken })).assertStatus(401)
    ;(await client.post('/api/v1/auth/refresh').json({ refreshToken: next.refreshToken })).assertStatus(401)
    ;(await me(client, next.accessToken)).assertStatus(401)
    ;(await me(client, elsewhere.accessToken)).assertStatus(200)
  })

  test('of two exchanges at the same time one wins', async ({ client, assert }) => {
    const world = await createWorld()
    const { refreshToken } = await logIn(client, world.owner)
    const answers = await Promise.all(
      [1, 2, 3].map(() => client.post('/api/v1/auth/refresh').json({ refreshToken }))
    )
    assert.sameMembers(
      answers.map((answer) => answer.status()),
      [200, 401, 401]
    )
  })

  test('log-out ends the log-in and says the same to strangers', async ({ client }) => {
    const world = await createWorld()
    const { accessToken, refreshToken } = await logIn(client, world.owner)
    ;(await client.post('/api/v1/auth/logout').json({ refreshToken })).assertStatus(204)
    ;(await client.post('/api/v1/auth/logout').json({ refreshToken: 'plr_nothing' })).assertStatus(204)
    ;(await me(client, accessToken)).assertStatus(401)
    ;(await client.post('/api/v1/auth/refresh').json({ refreshToken })).assertStatus(401)
  })

  test('an access token or API token is no refresh token', async ({ client }) => {
    const world = await createWorld()
    const { accessToken } = await logIn(client, world.owner)
    for (const refreshToken of [accessToken, world.token, '', 'plr_', `plr_${'a'.repeat(43)}`]) {
      const answer = await client.post('/api/v1/auth/refresh').json({ refreshToken })
      answer.assertStatus(refreshToken === '' ? 422 : 401)
    }
  })
})

test.group('own password', () => {
  test('a changed password ends every log-in but the new one', async ({ client }) => {
    const world = await createWorld()
    const before = await logIn(client, world.owner)
    const change = { currentPassword: world.owner.password, newPassword: 'another long passphrase' }
    const changed = await post(client, '/api/v1/auth/password').bearerToken(before.accessToken).json(change)
    changed.assertStatus(200)
    ;(await me(client, before.accessToken)).assertStatus(401)
    ;(await client.post('/api/v1/auth/refresh').json({ refreshToken: before.refreshToken })).assertStatus(401)
    ;(await me(client, changed.body().accessToken)).assertStatus(200)
    ;(
      await post(client, '/api/v1/auth/login').json({
        email: world.owner.email,
        password: world.owner.password,
      })
    ).assertStatus(401)
    await logIn(client, { email: world.owner.email, password: change.newPassword })
  })

  test('needs the current password, a good new one, and a person', async ({ client }) => {
    const world = await createWorld()
    const { accessToken } = await logIn(client, world.owner)
    const send = (bearer: string, currentPassword: string, newPassword: string) =>
      post(client, '/api/v1/auth/password').bearerToken(bearer).json({ currentPassword, newPassword })
    ;(await send(accessToken, 'not the password', 'another long passphrase')).assertStatus(401)
    const short = await send(accessToken, world.owner.password, 'short')
    short.assertStatus(422)
    short.assertBodyContains({ field: 'newPassword' })
    const own = await send(accessToken, world.owner.password, `my ${world.owner.email}`)
    own.assertStatus(422)
    own.assertBodyContains({ field: 'newPassword' })
    ;(await send(world.token, world.owner.password, 'another long passphrase')).assertStatus(403)
  })
})

type Other = Awaited<ReturnType<typeof createWorld>>

/** Makes a token that only the wrong check would let pass. */
async function forge(forgery: string, token: string, other: Other): Promise<string> {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const key = deriveKey(env.get('APP_KEY').release(), 'access-token')
  const now = Math.floor(Date.now() / 1000)
  const part = (value: unknown) => base64url.encode(JSON.stringify(value))
  const sign = (changed: Record<string, unknown>, alg = 'HS256', typ = 'at+jwt', secret: Uint8Array = key) =>
    new SignJWT(changed).setProtectedHeader({ alg, typ }).sign(secret)
  const made: Record<string, () => string | Promise<string>> = {
    'alg none': () => `${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
    'unsigned with our header': () => `${header}.${payload}.`,
    'another key': () =>
      sign(claims, 'HS256', 'at+jwt', deriveKey('another secret of thirty-two bytes', 'access-token')),
    'another algorithm under our key': () => sign(claims, 'HS512', 'at+jwt', Buffer.concat([key, key])),
    'another type': () => sign(claims, 'HS256', 'JWT'),
    'another audience': () => sign({ ...claims, aud: 'elsewhere' }),
    'another issuer': () => sign({ ...claims, iss: 'elsewhere' }),
    'without expiry': () => sign({ ...claims, exp: undefined }),
    expired: () => sign({ ...claims, iat: now - 2000, exp: now - 1 }),
    'far from now': () => sign({ ...claims, iat: now - 2000, exp: now + 1_000_000 }),
    'another organisation': () => sign({ ...claims, org: other.organisation.id }),
    'another person': () => sign({ ...claims, sub: other.owner.id }),
    'changed payload': () => `${header}.${part({ ...claims, sub: other.owner.id })}.${signature}`,
    garbage: () => 'a.b.c',
    'empty parts': () => '..',
  }
  return made[forgery]!()
}
