/** The OpenAPI document of the management API, built from the endpoints as they were mounted. */
import { PROBLEM_TYPE } from '#modules/kernel/problem'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'

/** What the document says of one endpoint; `endpoint()` writes it from the definition that it mounts. */
export type Operation = {
  readonly method: string
  /** AdonisJS pattern, `/api/v1/campaigns/:id`. */
  readonly path: string
  readonly name: string
  readonly tag: string
  readonly summary: string
  readonly permission: string
  readonly body: JsonSchema | null
  readonly accepts: readonly string[]
  readonly query: JsonSchema | null
  readonly success: number
  readonly answer: JsonSchema | null
  readonly idempotent: boolean
}

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; listed in docs/errors.md.' },
    detail: { type: 'string' },
    field: { type: 'string', description: 'The input at fault, as a path such as `price.amount`.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
        required: ['field', 'code', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'code'],
}
const REASONS: Record<number, string> = {
  400: 'The body is not JSON.',
  401: 'No valid bearer token.',
  403: 'The token may not do this.',
  404: 'There is no such thing in the organisation, or not for this principal.',
  409: 'The state of things does not allow it, or the same Idempotency-Key is being worked on.',
  413: 'The body is too large.',
  415: 'The body is not of an accepted content type.',
  422: 'An input is not acceptable; `field` names it.',
  429: 'Too many requests; see Retry-After.',
}

const operations = new Map<string, Operation>()
const schemas = new Map<string, JsonSchema>()

/** Adds an endpoint to the document. @throws Error when method and path, or the name, are there already */
export function registerOperation(operation: Operation): void {
  const place = `${operation.method} ${operation.path}`
  const twice = operations.has(place) || [...operations.values()].some(({ name }) => name === operation.name)
  if (twice) throw new Error(`The endpoint ${place} (${operation.name}) is declared twice`)
  operations.set(place, operation)
}

/** Names a schema of the document and returns a reference to it. */
export function schemaRef(name: string, schema: JsonSchema): JsonSchema {
  schemas.set(name, schema)
  return { $ref: `#/components/schemas/${name}` }
}

/** Schema of a page of `item`. */
export function pageSchema(item: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      data: { type: 'array', items: item },
      nextCursor: { type: ['string', 'null'] },
      total: { type: 'integer', minimum: 0 },
    },
    required: ['data', 'nextCursor', 'total'],
  }
}

/** VineJS speaks draft 7 and calls unknown fields an error; the API ignores them, and OpenAPI 3.1 speaks 2020-12. */
function modern(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modern)
  if (schema === null || typeof schema !== 'object') return schema
  const { additionalProperties, additionalItems, items, required, ...rest } = schema as JsonSchema
  const result: JsonSchema = Object.fromEntries(
    Object.entries(rest).map(([keyword, value]) => [keyword, modern(value)])
  )
  if (Array.isArray(items)) result.prefixItems = items.map(modern)
  else if (items !== undefined) result.items = modern(items)
  if (Array.isArray(required) ? required.length > 0 : required !== undefined) {
    result.required = modern(required)
  }
  if (additionalProperties !== undefined && additionalProperties !== false) {
    result.additionalProperties = modern(additionalProperties)
  }
  if (additionalItems !== undefined && additionalItems !== false) {
    result.unevaluatedItems = modern(additionalItems)
  }
  return result
}

function parameters(operation: Operation): JsonSchema[] {
  const inPath = [...operation.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(/id$/i.test(name!) ? { format: 'uuid' } : {}) },
  }))
  const query = (operation.query ?? {}) as { properties?: Record<string, JsonSchema>; required?: string[] }
  const inQuery = Object.entries(query.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query.required?.includes(name) ?? false,
    schema: modern(schema),
  }))
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }
  return [...inPath, ...inQuery, ...(operation.idempotent ? [key] : [])]
}

function responses(operation: Operation): JsonSchema {
  const content = operation.answer
    ? { content: { 'application/json': { schema: modern(operation.answer) } } }
    : {}
  const failures = [
    ...(operation.permission === 'public' ? [429] : [401, 403]),
    ...(operation.path.includes(':') ? [404] : []),
    ...(operation.idempotent ? [409] : []),
    ...(operation.body ? [400, 413, 415] : []),
    ...(operation.body || operation.query ? [422] : []),
  ].sort((left, right) => left - right)
  const problem = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } }
  return {
    [operation.success]: { description: operation.summary, ...content },
    ...Object.fromEntries(
      failures.map((status) => [status, { description: REASONS[status], content: problem }])
    ),
  }
}

function pathItem(operation: Operation): JsonSchema {
  const body = operation.body && {
    required: true,
    content: Object.fromEntries(operation.accepts.map((type) => [type, { schema: modern(operation.body) }])),
  }
  return {
    operationId: operation.name,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.permission === 'public' ? { security: [] } : { 'x-permission': operation.permission }),
    parameters: parameters(operation),
    ...(body ? { requestBody: body } : {}),
    responses: responses(operation),
  }
}

/** The whole document. @source OpenAPI 3.1.1 */
export function openApiDocument(): JsonSchema {
  const paths: Record<string, JsonSchema> = {}
  for (const operation of [...operations.values()].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const path = operation.path.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: pathItem(operation) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Placard management API',
      version: '1',
      description:
        'Conventions (errors, pages, idempotency, money) are in docs/api.md. Unknown fields are ignored.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set([...operations.values()].map(({ tag }) => tag))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token of /api/v1/auth/login, or an API token.',
        },
      },
      schemas: {
        Problem: PROBLEM,
        ...Object.fromEntries([...schemas].map(([name, schema]) => [name, modern(schema)])),
      },
    },
  }
}
