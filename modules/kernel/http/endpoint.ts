/** One declaration mounts a route of the management API and describes it in the OpenAPI document. */
import router from '@adonisjs/core/services/router'
import type { HttpContext } from '@adonisjs/core/http'
import { middleware } from '#start/kernel'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import { inputOf, readInput, type Validator } from '#modules/kernel/http/input'
import { registerOperation } from '#modules/kernel/http/openapi'

/** Permissions by the module that defines them; identity fills it in by declaration merging. */
export interface PermissionNames {
  readonly open: 'public' | 'authenticated'
}
export type Access = PermissionNames[keyof PermissionNames]
type Permission = Exclude<Access, 'public' | 'authenticated'>
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Token<Made> = abstract new (...args: never[]) => Made

/** What a handler is given: everything checked, nothing raw. */
export type Call<Body, Query> = {
  readonly ctx: HttpContext
  /** Path parameters; those whose name ends in `id` are canonical UUIDs. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  readonly query: Query
  /** Resolves a service from the container. */
  make<Made>(token: Token<Made>): Promise<Made>
}

export type EndpointDefinition<Body, Query> = {
  readonly method: Method
  /** AdonisJS pattern under `/api/v1`. A parameter that ends in `id` matches UUIDs only; another one, one segment. */
  readonly path: string
  /** Name of the route and id of the operation: `campaigns.update`. */
  readonly name: string
  readonly summary: string
  /** `public`: no token; `authenticated`: any token; else the permission that the principal must have. */
  readonly permission: Access
  readonly body?: Validator<Body>
  readonly query?: Validator<Query>
  /** The handler reads the request's stream itself: nothing parses or bounds the body before. */
  readonly streams?: boolean
  /** Content types of the body; JSON alone unless said. */
  readonly accepts?: readonly string[]
  /** Status when the handler set none: 200, 201 for POST, and 204 when it returns nothing. */
  readonly success?: number
  /** Schema of the answer for the document. */
  readonly answer?: JsonSchema
  /** Whether `Idempotency-Key` works here; writes of a principal, unless said otherwise. */
  readonly idempotent?: boolean
  handler(call: Call<Body, Query>): unknown
}

const UUID = {
  match: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  cast: (id: string) => id.toLowerCase(),
}
const JSON_ONLY = ['application/json'] as const

function guardsOf<Body, Query>(
  { permission, method, body, ...definition }: EndpointDefinition<Body, Query>,
  idempotent: boolean
) {
  const guard =
    permission === 'public'
      ? []
      : [permission === 'authenticated' ? middleware.api() : middleware.api(permission as Permission)]
  const read = method === 'GET' || definition.streams ? [] : [middleware.body()]
  return [
    ...guard,
    ...read,
    readInput(body, definition.query, definition.accepts ?? JSON_ONLY),
    ...(idempotent ? [middleware.idempotent()] : []),
  ]
}

/**
 * Mounts an endpoint: bearer and permission, body and query checked by the validators, `Idempotency-Key` on writes,
 * then the handler, whose result is answered as JSON. Failures are thrown as ProblemException. The same declaration
 * goes into the OpenAPI document.
 */
export function endpoint<Body = undefined, Query = undefined>(
  definition: EndpointDefinition<Body, Query>
): void {
  const { method, path, name, permission } = definition
  const idempotent = definition.idempotent ?? (method !== 'GET' && permission !== 'public')
  const success = definition.success ?? (method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200)
  registerOperation({
    method,
    path,
    name,
    permission,
    success,
    idempotent,
    summary: definition.summary,
    tag: path.split('/')[3] ?? 'api',
    body: (definition.body?.toJSONSchema() as JsonSchema | undefined) ?? null,
    query: (definition.query?.toJSONSchema() as JsonSchema | undefined) ?? null,
    accepts: definition.accepts ?? JSON_ONLY,
    answer: definition.answer ?? null,
  })
  // Whoever may read may ask for the head alone; Node leaves the body out.
  const verbs = method === 'GET' ? ['GET', 'HEAD'] : [method]
  const route = router.route(path, verbs, (ctx: HttpContext) => answer(ctx, definition, success)).as(name)
  for (const [, parameter] of path.matchAll(/:([A-Za-z]+)/g)) {
    if (/id$/i.test(parameter!)) route.where(parameter!, UUID)
  }
  route.use(noStore).use(guardsOf(definition, idempotent))
}

/** Answers carry an organisation's data: no cache may keep them. */
function noStore(ctx: HttpContext, next: () => Promise<void>) {
  ctx.response.header('cache-control', 'no-store')
  return next()
}

async function answer<Body, Query>(
  ctx: HttpContext,
  definition: EndpointDefinition<Body, Query>,
  success: number
): Promise<unknown> {
  const { body, query } = inputOf(ctx)
  const call: Call<Body, Query> = {
    ctx,
    params: ctx.params as Record<string, string>,
    body: body as Body,
    query: query as Query,
    make: <Made>(token: Token<Made>) => ctx.containerResolver.make(token) as Promise<Made>,
  }
  const result = await definition.handler(call)
  if (ctx.response.hasLazyBody) return
  ctx.response.status(result === undefined ? 204 : success)
  return result
}
