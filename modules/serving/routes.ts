/** `/api/v1/external-ids`: what the ids of another ad server stand for. */
import { endpoint } from '#modules/kernel/http/endpoint'
import { schemaRef } from '#modules/kernel/http/openapi'
import ExternalIdAdmin from '#modules/serving/services/external_id_admin'
import { externalIdInput, externalIdQuery, externalIdRow, externalIdRows } from '#modules/serving/validators'

const PATH = '/api/v1/external-ids'

endpoint({
  method: 'GET',
  path: PATH,
  name: 'external-ids.list',
  summary: 'Ids that clients and tags of other ad servers may use, ours and those brought along.',
  permission: 'supply.read',
  query: externalIdQuery,
  answer: externalIdRows,
  handler: async ({ ctx, query, make }) =>
    (await make(ExternalIdAdmin)).list(ctx.principal, query.kind ?? null),
})
endpoint({
  method: 'PUT',
  path: PATH,
  name: 'external-ids.set',
  summary: 'Sets what an id of another ad server stands for; `object: null` takes it away.',
  permission: 'supply.write',
  body: externalIdInput,
  answer: schemaRef('ExternalId', externalIdRow),
  handler: async ({ ctx, body, make }) => (await make(ExternalIdAdmin)).set(ctx.principal, body),
})
