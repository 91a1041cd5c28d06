import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
import { newId } from '#modules/kernel/ids'
import { createWorld } from '#tests/support/world'

type Schema = { [keyword: string]: unknown }
type Operation = {
  operationId: string
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: Schema
  responses: Record<string, Schema>
  security?: unknown[]
  tags: string[]
  summary: string
}
type Document = {
  openapi: string
  info: Schema
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

function* nodes(value: unknown): Generator<Schema> {
  if (value === null || typeof value !== 'object') return
  if (!Array.isArray(value)) yield value as Schema
  for (const inner of Object.values(value)) yield* nodes(inner)
}

test.group('OpenAPI document', () => {
  test('every route under /api/v1 is in it, and nothing else', async ({ client, assert }) => {
    const document = (await client.get('/api/v1/openapi.json')).body() as Document
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
    )
    const mounted = Object.values(router.toJSON())
      .flat()
      .filter(({ pattern }) => pattern.startsWith('/api/v1'))
      .flatMap(({ pattern, methods }) =>
        methods
          .filter((method) => method !== 'HEAD')
          .map((method) => `${method} ${pattern.replace(/:([A-Za-z]+)/g, '{$1}')}`)
      )
    assert.isAbove(mounted.length, 15)
    assert.sameMembers(described, mounted)
  })

  test('it is well formed: references resolve, names are unique, path parameters are declared', async ({
    client,
    assert,
  }) => {
    const answer = await client.get('/api/v1/openapi.json')
    answer.assertStatus(200)
    const document = answer.body() as Document
    assert.match(document.openapi, /^3\.1\.\d$/)
    for (const node of nodes(document)) {
      if (typeof node.$ref !== 'string') continue
      assert.property(document.components.schemas, node.$ref.replace('#/components/schemas/', ''))
    }
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation }))
    )
    const names = operations.map(({ operation }) => operation.operationId)
    assert.equal(new Set(names).size, names.length)
    for (const { path, method, operation } of operations) {
      const inPath = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name)
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        path
      )
      assert.isAbove(operation.summary.length, 5)
      assert.isTrue(
        Object.keys(operation.responses).some((status) => status.startsWith('2')),
        `${method} ${path}`
      )
      if (method === 'get') assert.notProperty(operation, 'requestBody')
    }
  })

  test('its schemas use keywords and types of JSON Schema 2020-12 only', async ({ client, assert }) => {
    const document = (await client.get('/api/v1/openapi.json')).body() as Document
    const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
    for (const node of nodes([document.paths, document.components.schemas])) {
      if (typeof node.type === 'string' && !('flows' in node) && !('scheme' in node))
        assert.isTrue(types.has(node.type), JSON.stringify(node))
      if (Array.isArray(node.type)) for (const type of node.type) assert.isTrue(types.has(type as string))
      if (Array.isArray(node.required)) for (const name of node.required) assert.isString(name)
      assert.notProperty(node, 'additionalItems')
      if ('items' in node && node.type === 'array') assert.isFalse(Array.isArray(node.items))
    }
  })

  test('a body is described by the validator that checks it', async ({ client, assert }) => {
    const document = (await client.get('/api/v1/openapi.json')).body() as Document
    const body = document.paths['/api/v1/people']!.post!.requestBody as {
      content: Record<string, { schema: Schema }>
    }
    const schema = body.content['application/json']!.schema as {
      properties: Record<string, Schema>
      required: string[]
    }
    assert.sameMembers(schema.required, ['name', 'email', 'password', 'role'])
    assert.deepEqual(schema.properties.name, { type: 'string', minLength: 1, maxLength: 200 })
    assert.include(schema.properties.role!.enum as string[], 'auditor')
  })
})

test.group('bodies', () => {
  test('the body {name} of type {type} answers {status}, never 500')
    .with(
      [
        { body: '', type: 'application/json', status: 422 },
        { body: '[]', type: 'application/json', status: 422 },
        { body: '[{"name":"x"}]', type: 'application/json', status: 422 },
        { body: 'null', type: 'application/json', status: 422 },
        { body: '1', type: 'application/json', status: 422 },
        { body: '"text"', type: 'application/json', status: 422 },
        { body: '{', type: 'application/json', status: 400 },
        { body: '{"name":"x"', type: 'application/json', status: 400 },
        { body: '{"__proto__":{"name":"x","scopes":["reports"]}}', type: 'application/json', status: 422 },
        { body: '{"constructor":{"prototype":{"name":"x"}}}', type: 'application/json', status: 422 },
        {
          body: '{"name":{"toString":1},"scopes":{"length":1,"0":"reports"}}',
          type: 'application/json',
          status: 422,
        },
        {
          name: 'nested 5000 deep',
          body: `{"name":${'['.repeat(5000)}${']'.repeat(5000)},"scopes":["reports"]}`,
          type: 'application/json',
          status: 400,
        },
        { body: '{"name":1e999,"scopes":["reports"]}', type: 'application/json', status: 422 },
        { body: '{"name":"\\ud800","scopes":["reports"]}', type: 'application/json', status: 422 },
        { body: '{"name":"x\\u0000","scopes":["reports"]}', type: 'application/json', status: 422 },
        { body: 'name=x&scopes[]=reports', type: 'application/x-www-form-urlencoded', status: 415 },
        { body: '<name/>', type: 'text/xml', status: 415 },
        { body: '{"name":"x","scopes":["reports"]}', type: 'text/plain', status: 415 },
        {
          name: 'of 2 MB',
          body: `{"name":"${'x'.repeat(2_000_000)}"}`,
          type: 'application/json',
          status: 413,
        },
        {
          body: '{"name":"x","scopes":["reports"],"unknown":{"deep":1}}',
          type: 'application/json',
          status: 201,
        },
        { body: '{"name":"x","scopes":["reports"]}', type: 'application/merge-patch+json', status: 201 },
      ].map((row) => ({ name: row.body, ...row }))
    )
    .run(async ({ assert }, { body, type, status }) => {
      const world = await createWorld()
      const answer = await fetch(`http://${process.env.HOST}:${process.env.PORT}/api/v1/tokens`, {
        method: 'POST',
        body,
        headers: { 'content-type': type, authorization: `Bearer ${world.token}` },
      })
      const text = await answer.text()
      assert.equal(answer.status, status, text.slice(0, 300))
      if (status >= 400) assert.include(answer.headers.get('content-type'), 'application/problem+json')
      assert.isNull(answer.headers.get('set-cookie'))
      assert.notProperty({}, 'name')
    })
})

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
    assert.deepEqual(byAdmin.data[0].after, { name: 'Named by the admin', timeZone: 'Europe/Berlin' })
    assert.equal((await ask({ to: '2020-01-01T00:00:00Z' })).total, 0)
    assert.isAbove((await ask({ from: '2020-01-01T00:00:00Z', action: 'person.created' })).total, 1)
  })
})
