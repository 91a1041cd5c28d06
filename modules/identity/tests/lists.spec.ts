import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { createWorld } from '#tests/support/world'

test.group('lists', () => {
  test('pages hold every row once, in either direction, also where many share the sort key', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    for (let index = 0; index < 6; index++) await world.person('viewer')
    for (const sort of ['name', '-name', 'createdAt', '-createdAt', 'email']) {
      const seen: string[] = []
      let cursor: string | null = ''
      let pages = 0
      while (cursor !== null) {
        const page: { body(): { data: { id: string }[]; nextCursor: string | null; total: number } } =
          await client
            .get('/api/v1/people')
            .bearerToken(world.token)
            .qs({ sort, limit: 3, ...(cursor ? { cursor } : {}) })
        assert.equal(page.body().total, 7)
        seen.push(...page.body().data.map(({ id }) => id))
        cursor = page.body().nextCursor
        pages += 1
      }
      assert.equal(pages, 3)
      assert.equal(new Set(seen).size, 7)
    }
  })

  test('{$i}. {query} is refused at {field}')
    .with([
      { query: { limit: '0' }, field: 'limit' },
      { query: { limit: '201' }, field: 'limit' },
      { query: { limit: '1.5' }, field: 'limit' },
      { query: { limit: 'many' }, field: 'limit' },
      { query: { 'limit[]': '1' }, field: 'limit' },
      { query: { sort: 'password_hash' }, field: 'sort' },
      { query: { sort: 'name; drop table identity_people' }, field: 'sort' },
      { query: { cursor: 'nonsense' }, field: 'cursor' },
      { query: { cursor: 'WyJhIiwiYiJd.AAAAAAAAAAAAAAAAAAAAAA' }, field: 'cursor' },
      { query: { 'cursor[a]': 'b' }, field: 'cursor' },
      { query: { q: 'a\u0000' }, field: 'q' },
      { query: { q: 'a'.repeat(201) }, field: 'q' },
      { query: { role: 'king' }, field: 'role' },
      { query: { role: '' }, field: 'role' },
    ])
    .run(async ({ client }, { query, field }) => {
      const world = await createWorld()
      const answer = await client.get('/api/v1/people').bearerToken(world.token).qs(query)
      answer.assertStatus(422)
      answer.assertBodyContains({ field })
    })

  test('a cursor of another order or with a changed position is refused', async ({ client }) => {
    const world = await createWorld()
    await world.person('viewer')
    const page = await client.get('/api/v1/people').bearerToken(world.token).qs({ limit: 1 })
    const cursor = page.body().nextCursor as string
    const [payload, signature] = cursor.split('.') as [string, string]
    const changed = Buffer.from(JSON.stringify(['zzz', newId()])).toString('base64url')
    for (const [query, status] of [
      [{ cursor }, 200],
      [{ cursor, sort: '-name' }, 422],
      [{ cursor: `${changed}.${signature}` }, 422],
      [{ cursor: payload }, 422],
      [{ cursor: `${cursor}.x` }, 422],
    ] as const) {
      ;(await client.get('/api/v1/people').bearerToken(world.token).qs(query)).assertStatus(status)
    }
  })

  test('the wildcards of a search are text', async ({ client, assert }) => {
    const world = await createWorld()
    const names = ['100% real', '100 real', 'under_score', 'underXscore', 'back\\slash']
    for (const name of names) {
      const body = {
        name,
        email: `${newId()}@example.test`,
        password: 'a long enough passphrase',
        role: 'viewer',
      }
      ;(await client.post('/api/v1/people').bearerToken(world.token).json(body)).assertStatus(201)
    }
    const found = async (q: string) =>
      (await client.get('/api/v1/people').bearerToken(world.token).qs({ q }))
        .body()
        .data.map((row: { name: string }) => row.name)
    assert.deepEqual(await found('0%'), ['100% real'])
    assert.deepEqual(await found('R_S'), ['under_score'])
    assert.deepEqual(await found('\\'), ['back\\slash'])
    assert.lengthOf(await found('  '), 6)
  })

  test('the audit log is filtered by time and actor', async ({ client, assert }) => {
    const world = await createWorld()
    const admin = await world.person('admin')
    await client
      .patch(`/api/v1/organisations/${world.organisation.id}`)
      .bearerToken(admin.token)
      .json({ name: 'Named by the admin' })
    const ask = async (qs: Record<string, string>) =>
      (await client.get('/api/v1/audit').bearerToken(world.token).qs(qs)).body()
    const byAdmin = await ask({ personId: admin.id })
    assert.deepEqual(
      byAdmin.data.map((row: { action: string; tokenId: string }) => [row.action, row.tokenId]),
      [['organisation.updated', admin.tokenId]]
    )
    assert.deepEqual(byAdmin.data[0].after, { name: 'Named by the admin' })
    assert.equal((await ask({ to: '2020-01-01T00:00:00Z' })).total, 0)
    assert.isAbove((await ask({ from: '2020-01-01T00:00:00Z', action: 'person.created' })).total, 1)
  })
})
