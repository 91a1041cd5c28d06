import { test } from '@japa/runner'
import { createWorld } from '#tests/support/world'

test.group('log-in', () => {
  test('a person logs in and is told who they are', async ({ client, assert }) => {
    const world = await createWorld()
    const login = await client.post('/api/v1/auth/login').json({ email: world.owner.email.toUpperCase(), password: world.owner.password })
    login.assertStatus(200)
    assert.equal(login.body().expiresIn, 900)
    const me = await client.get('/api/v1/auth/me').bearerToken(login.body().accessToken)
    me.assertStatus(200)
    assert.equal(me.body().person.email, world.owner.email)
    assert.equal(me.body().organisation.id, world.organisation.id)
    assert.isUndefined(me.header('set-cookie'))
  })
})
