import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
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
      if (typeof node.type === 'string' && !('flows' in node) && !('scheme' in node)) {
        assert.isTrue(types.has(node.type), JSON.stringify(node))
      }
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
        { body: 'null', type: 'application/json', status: 400 },
        { body: '1', type: 'application/json', status: 400 },
        { body: '"text"', type: 'application/json', status: 400 },
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
