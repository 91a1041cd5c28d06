import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import type { Collection, ListInput, Page } from '#modules/kernel/http/collection'
import { endpoint, type Access } from '#modules/kernel/http/endpoint'
import { invalid } from '#modules/kernel/http/failures'
import type { Validator } from '#modules/kernel/http/input'
import { pageSchema, schemaRef } from '#modules/kernel/http/openapi'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import type { Json } from '#modules/kernel/records/changes'
import { reason } from '#modules/kernel/records/fields'
import { STATUS_VERBS, type StatusVerb } from '#modules/kernel/records/lifecycle'

/** A principal is set on the context by the guard; identity declares its type. */
type Who = HttpContext['principal']
/** What a `ManagedCollection` does for its endpoints. */
type Service<Input> = {
  list(caller: Who, input: ListInput): Promise<Page<Json>>
  find(caller: Who, id: string): Promise<Json>
  create(caller: Who, input: Input): Promise<Json>
  update(caller: Who, id: string, input: Partial<Input>, revision: number | null): Promise<Json>
  run(caller: Who, id: string, verb: StatusVerb, reason: string | null): Promise<Json>
}

export type ResourceDefinition<Input extends object> = {
  /** Last part of the path, such as `line-items`. */
  readonly path: string
  /** Name of one, for people and for the document: `line item`. */
  readonly one: string
  readonly read: Access
  readonly write: Access
  readonly service: abstract new (...args: never[]) => Service<Input>
  readonly lists: Collection
  /** Absent: creation has an endpoint of its own. */
  readonly input?: Validator<Input>
  readonly change: Validator<Partial<Input>>
  /** What is answered. */
  readonly answer: JsonSchema
}

const reasonBody = vine.create({ reason: reason().nullable().optional() })

/** Mounts list, create, read, change, delete (= archive) and the status verbs of one kind of object. */
export function resource<Input extends object>(definition: ResourceDefinition<Input>): JsonSchema {
  const { path, one, read, write, service, lists } = definition
  const root = `/api/v1/${path}`
  const answer = schemaRef(pascal(one), definition.answer)
  endpoint({
    method: 'GET',
    path: root,
    name: `${path}.list`,
    summary: `Lists ${path.replaceAll('-', ' ')}; archived ones only when \`status\` asks for them.`,
    permission: read,
    query: lists.query,
    answer: pageSchema(answer),
    handler: async ({ ctx, query, make }) => (await make(service)).list(ctx.principal, query),
  })
  if (definition.input) {
    endpoint({
      method: 'POST',
      path: root,
      name: `${path}.create`,
      summary: `Creates a ${one}.`,
      permission: write,
      body: definition.input,
      answer,
      handler: async ({ ctx, body, make }) =>
        tagged(ctx, await (await make(service)).create(ctx.principal, body)),
    })
  }
  single(definition, `${root}/:id`, answer)
  for (const verb of Object.keys(STATUS_VERBS) as StatusVerb[]) {
    endpoint({
      method: 'POST',
      path: `${root}/:id/${verb}`,
      name: `${path}.${verb}`,
      summary: `Makes the ${one} ${STATUS_VERBS[verb].to}.`,
      permission: write,
      success: 200,
      body: reasonBody,
      answer,
      handler: async ({ ctx, params, body, make }) => {
        const collection = await make(service)
        return tagged(ctx, await collection.run(ctx.principal, params.id!, verb, body.reason || null))
      },
    })
  }
  return answer
}

function single<Input extends object>(
  definition: ResourceDefinition<Input>,
  path: string,
  answer: JsonSchema
): void {
  const { one, read, write, service } = definition
  const name = definition.path
  endpoint({
    method: 'GET',
    path,
    name: `${name}.read`,
    summary: `One ${one}; its ETag is its revision.`,
    permission: read,
    answer,
    handler: async ({ ctx, params, make }) =>
      tagged(ctx, await (await make(service)).find(ctx.principal, params.id!)),
  })
  endpoint({
    method: 'PATCH',
    path,
    name: `${name}.update`,
    summary: `Changes what is named; null clears what may be empty. \`If-Match\` refuses a change meanwhile.`,
    permission: write,
    body: definition.change,
    answer,
    handler: async ({ ctx, params, body, make }) => {
      const collection = await make(service)
      return tagged(ctx, await collection.update(ctx.principal, params.id!, body, ifMatch(ctx)))
    },
  })
  endpoint({
    method: 'DELETE',
    path,
    name: `${name}.delete`,
    summary: `Archives the ${one}; \`restore\` brings it back.`,
    permission: write,
    handler: async ({ ctx, params, make }) => {
      await (await make(service)).run(ctx.principal, params.id!, 'archive', null)
    },
  })
}

/** Sets the ETag, which is the revision. */
export function tagged(ctx: HttpContext, json: Json): Json {
  ctx.response.header('etag', `"${String(json.revision)}"`)
  return json
}

/** Revision that `If-Match` names; null when it is absent or `*`. @source RFC 9110 §13.1.1 */
export function ifMatch({ request }: HttpContext): number | null {
  const header = request.header('if-match')?.trim()
  if (header === undefined || header === '*') return null
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1]
  if (revision === undefined) throw invalid('If-Match', 'etag', 'If-Match must be the ETag of the object.')
  return Number(revision)
}

function pascal(words: string): string {
  return words.replaceAll(/(?:^|\s)(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
