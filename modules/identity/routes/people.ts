import { endpoint } from '#modules/kernel/http/endpoint'
import { pageSchema, schemaRef } from '#modules/kernel/http/openapi'
import type { Services } from '#modules/identity/routes/index'
import { personSchema } from '#modules/identity/routes/schemas'
import { peopleList } from '#modules/identity/services/people'
import { personBody, personChange } from '#modules/identity/validators'

const PERSON = schemaRef('Person', personSchema)
const PATH = '/api/v1/people'

/** People with their membership: role, and the parties that it is limited to. */
export function mountPeople(services: Services): void {
  endpoint({
    method: 'GET',
    path: PATH,
    name: 'people.list',
    summary: 'People of the organisation.',
    permission: 'people.read',
    query: peopleList.query,
    answer: pageSchema(PERSON),
    handler: async ({ ctx, query }) => (await services()).people.list(ctx.principal, query),
  })
  endpoint({
    method: 'POST',
    path: PATH,
    name: 'people.create',
    summary: 'Add a person.',
    permission: 'people.write',
    body: personBody,
    answer: PERSON,
    handler: async ({ ctx, body }) => (await services()).people.create(ctx.principal, body),
  })
  endpoint({
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'people.show',
    summary: 'One person.',
    permission: 'people.read',
    answer: PERSON,
    handler: async ({ ctx, params }) => (await services()).people.show(ctx.principal, params.id!),
  })
  endpoint({
    method: 'PATCH',
    path: `${PATH}/:id`,
    name: 'people.update',
    summary: 'Change name, role, parties or password.',
    permission: 'people.write',
    body: personChange,
    answer: PERSON,
    handler: async ({ ctx, params, body }) =>
      (await services()).people.update(ctx.principal, params.id!, body),
  })
  endpoint({
    method: 'DELETE',
    path: `${PATH}/:id`,
    name: 'people.remove',
    summary: 'Remove a person; access ends at once.',
    permission: 'people.write',
    handler: async ({ ctx, params }) => (await services()).people.remove(ctx.principal, params.id!),
  })
}
