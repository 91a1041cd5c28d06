import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { FrozenClock } from '#modules/kernel/time'
import { PartyDirectory } from '#modules/identity/contract'
import { assemble } from '#modules/identity/services/assembly'
import { FREE_ATTEMPTS, LoginThrottle, NETWORK_ATTEMPTS } from '#modules/identity/services/login_throttle'
import { createWorld, freshAddress } from '#tests/support/world'

const WRONG = 'not the password'

async function frozen() {
  const clock = new FrozenClock(Date.now())
  const tenancy = await app.container.make(Tenancy)
  const services = assemble({
    tenancy,
    clock,
    directory: new PartyDirectory(),
    appKey: 'a key for this test only, long enough',
  })
  return { clock, tenancy, ...services }
}

test.group('log-in throttle', () => {
  test('the sixth attempt of a network waits, a stranger elsewhere blocks nobody, and the wait ends', async ({
    assert,
  }) => {
    const world = await createWorld()
    const { clock, sessions } = await frozen()
    const [attacker, home] = [freshAddress(), freshAddress()]
    for (let attempt = 0; attempt < FREE_ATTEMPTS; attempt++) {
      assert.deepEqual(await sessions.logIn(world.owner.email, WRONG, attacker), {
        ok: false,
        error: { type: 'invalid_credentials' },
      })
    }
    const blocked = await sessions.logIn(world.owner.email, world.owner.password, attacker)
    assert.deepEqual(blocked, { ok: false, error: { type: 'throttled', retryAfterSeconds: 30 } })
    assert.isTrue((await sessions.logIn(world.owner.email, world.owner.password, home)).ok)
    clock.advance(30_000)
    assert.isTrue((await sessions.logIn(world.owner.email, world.owner.password, attacker)).ok)
  })

  test('many guesses at the same time do not slip through', async ({ assert }) => {
    const world = await createWorld()
    const { sessions } = await frozen()
    const from = freshAddress()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sessions.logIn(world.owner.email, WRONG, from))
    )
    const tried = answers.filter((answer) => !answer.ok && answer.error.type === 'invalid_credentials')
    assert.lengthOf(tried, FREE_ATTEMPTS)
  })

  test('one network that tries many e-mails waits as well', async ({ assert }) => {
    const throttle = new LoginThrottle(await app.container.make(Tenancy), 'a key for this test only')
    const [from, now] = [freshAddress(), Date.now()]
    const answers = []
    for (let attempt = 0; attempt <= NETWORK_ATTEMPTS; attempt++) {
      answers.push(await throttle.admit(`${newId()}@example.test`, from, now))
    }
    assert.isTrue(answers.at(-2)!.allowed)
    assert.deepEqual(answers.at(-1), { allowed: false, retryAfterSeconds: 900 })
  })

  test('an e-mail under attack from many networks answers slower, never longer than three seconds', async ({
    assert,
  }) => {
    const throttle = new LoginThrottle(await app.container.make(Tenancy), 'a key for this test only')
    const [email, now] = [`${newId()}@example.test`, Date.now()]
    const delays: number[] = []
    for (let network = 0; network < 60; network++) {
      const admission = await throttle.admit(email, `198.18.${network}.1`, now)
      delays.push(admission.allowed ? admission.delayMs : Number.NaN)
    }
    assert.equal(delays[19], 0)
    assert.equal(delays[20], 100)
    assert.equal(delays.at(-1), 3000)
  })

  test('over HTTP a blocked pair gets 429 with Retry-After', async ({ client, assert }) => {
    const world = await createWorld()
    const from = freshAddress()
    const attempt = (password: string) =>
      client
        .post('/api/v1/auth/login')
        .header('x-forwarded-for', from)
        .json({ email: world.owner.email, password })
    for (let count = 0; count < FREE_ATTEMPTS; count++) (await attempt(WRONG)).assertStatus(401)
    const blocked = await attempt(world.owner.password)
    blocked.assertStatus(429)
    blocked.assertBodyContains({ code: 'E_THROTTLED' })
    assert.equal(blocked.header('retry-after'), '30')
  })
})

test.group('time and tokens', () => {
  test('an access token ends after 15 minutes, its refresh token after 30 days', async ({ assert }) => {
    const world = await createWorld()
    const { clock, sessions, identity } = await frozen()
    const member = { personId: world.owner.id, organisationId: world.organisation.id }
    const { accessToken, refreshToken } = await sessions.open(member)
    clock.advance(899_000)
    assert.isNotNull(await identity.authenticate(accessToken))
    clock.advance(2000)
    assert.isNull(await identity.authenticate(accessToken))
    clock.advance(30 * 86_400_000)
    assert.isNull(await sessions.refresh(refreshToken))
  })

  test('an API token ends when it expires', async ({ assert }) => {
    const world = await createWorld()
    const { clock, apiTokens, identity } = await frozen()
    const expiresAt = (clock.now() + 60_000) as ReturnType<typeof clock.now>
    const { secret } = await apiTokens.create(world.principal, {
      name: 'short',
      scopes: ['reports'],
      expiresAt,
    })
    assert.isNotNull(await identity.authenticate(secret))
    clock.advance(60_000)
    assert.isNull(await identity.authenticate(secret))
  })

  test('a session of the admin from before a password change is over', async ({ assert }) => {
    const world = await createWorld()
    const { clock, identity, people } = await frozen()
    const before = clock.now()
    clock.advance(1000)
    await people.changeOwnPassword(
      world.principal,
      world.owner.id,
      world.owner.email,
      'another long passphrase'
    )
    assert.isNull(await identity.principalOf(world.owner.id, world.organisation.id, before))
    assert.isNotNull(await identity.principalOf(world.owner.id, world.organisation.id, clock.now()))
    assert.isNotNull(await identity.principalOf(world.owner.id, world.organisation.id))
  })

  test('what is past its retention is removed, and nothing else', async ({ assert }) => {
    const world = await createWorld()
    const { clock, sessions, housekeeping, identity } = await frozen()
    const { accessToken } = await sessions.open({
      personId: world.owner.id,
      organisationId: world.organisation.id,
    })
    await housekeeping.run()
    assert.isNotNull(await identity.authenticate(accessToken))
    assert.equal((await housekeeping.run()).identity_refresh_tokens, 0)
    clock.advance(61 * 86_400_000)
    assert.isAtLeast((await housekeeping.run()).identity_refresh_tokens!, 1)
  })
})
