import { endpoint } from '#modules/kernel/http/endpoint'
import { pageSchema, schemaRef } from '#modules/kernel/http/openapi'
import type { Services } from '#modules/identity/routes/index'
import { organisationSchema } from '#modules/identity/routes/schemas'
import { organisationList } from '#modules/identity/services/organisations'
import { organisationChange } from '#modules/identity/validators'

const ORGANISATION = schemaRef('Organisation', organisationSchema)
const PATH = '/api/v1/organisations'

/** The own organisation; those of others answer 404. */
export function mountOrganisations(services: Services): void {
  endpoint({
    method: 'GET',
    path: PATH,
    name: 'organisations.list',
    summary: 'The organisations that the token belongs to.',
    permission: 'organisation.read',
    query: organisationList.query,
    answer: pageSchema(ORGANISATION),
    handler: async ({ ctx, query }) => (await services()).organisations.list(ctx.principal, query),
  })
  endpoint({
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'organisations.show',
    summary: 'One organisation.',
    permission: 'organisation.read',
    answer: ORGANISATION,
    handler: async ({ ctx, params }) => (await services()).organisations.show(ctx.principal, params.id!),
  })
  endpoint({
    method: 'PATCH',
    path: `${PATH}/:id`,
    name: 'organisations.update',
    summary: 'Change name or time zone.',
    permission: 'organisation.write',
    body: organisationChange,
    answer: ORGANISATION,
    handler: async ({ ctx, params, body }) =>
      (await services()).organisations.update(ctx.principal, params.id!, body),
  })
}
