import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Identity } from '#modules/identity/contract'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { createWorld, freshAddress, type WorldPerson } from '#tests/support/world'

const cookieOf = (answer: ApiResponse) =>
  [answer.header('set-cookie')]
    .flat()
    .filter(Boolean)
    .map((cookie) => String(cookie).split(';')[0])
    .join('; ')

/** Logs in as a browser does: reads the form, sends it with its token and cookies. */
async function browser(client: ApiClient, { email, password }: WorldPerson) {
  const form = await client.get('/login').header('accept', 'text/html')
  const token = /name="_csrf" value="([^"]+)"/.exec(form.text())?.[1] ?? ''
  const login = await client
    .post('/login')
    .header('accept', 'text/html')
    .header('x-forwarded-for', freshAddress())
    .header('cookie', cookieOf(form))
    .form({ email, password, _csrf: token })
    .redirects(0)
  return { login, cookie: cookieOf(login) }
}
const admin = (client: ApiClient, cookie: string) =>
  client.get('/admin').header('accept', 'text/html').header('cookie', cookie).redirects(0)

test.group('session of the admin', () => {
  test('lasts until the password changes, and then leads to the log-in page once', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const viewer = await world.person('viewer')
    const { login, cookie } = await browser(client, viewer)
    login.assertStatus(302)
    ;(await admin(client, cookie)).assertStatus(200)
    const change = { password: 'another long passphrase' }
    ;(await client.patch(`/api/v1/people/${viewer.id}`).bearerToken(world.token).json(change)).assertStatus(
      200
    )
    const over = await admin(client, cookie)
    over.assertStatus(302)
    assert.match(over.header('location')!, /^\/login/)
    const again = await client
      .get('/login')
      .header('accept', 'text/html')
      .header('cookie', cookieOf(over))
      .redirects(0)
    again.assertStatus(200)
  })

  test('ends when the person is removed', async ({ client }) => {
    const world = await createWorld()
    const viewer = await world.person('viewer')
    const { cookie } = await browser(client, viewer)
    ;(await admin(client, cookie)).assertStatus(200)
    ;(await client.delete(`/api/v1/people/${viewer.id}`).bearerToken(world.token)).assertStatus(204)
    ;(await admin(client, cookie)).assertStatus(302)
  })

  test('ends with the log-out, also for a copied cookie', async ({ client, assert }) => {
    const world = await createWorld()
    const viewer = await world.person('viewer')
    const { cookie } = await browser(client, viewer)
    const page = await admin(client, cookie)
    page.assertStatus(200)
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text())?.[1] ?? ''
    const out = await client
      .post('/logout')
      .header('accept', 'text/html')
      .header('cookie', cookie)
      .form({ _csrf: token })
      .redirects(0)
    out.assertStatus(302)
    assert.equal(out.header('location'), '/login')
    ;(await admin(client, cookie)).assertStatus(302)
  })

  test('a session that nobody opened opens nothing', async ({ assert }) => {
    const identity = await app.container.make(Identity)
    assert.isNull(await identity.principalOfAdminSession('00000000-0000-4000-8000-000000000000'))
    assert.isNull(await identity.principalOfAdminSession('no uuid'))
    await identity.endAdminSession('no uuid')
  })
})
