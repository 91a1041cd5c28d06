import { endpoint } from '#modules/kernel/http/endpoint'
import { pageSchema, schemaRef } from '#modules/kernel/http/openapi'
import type { Services } from '#modules/identity/routes/index'
import { newTokenSchema, tokenSchema } from '#modules/identity/routes/schemas'
import { tokenList } from '#modules/identity/services/api_tokens'
import { tokenBody } from '#modules/identity/validators'

const TOKEN = schemaRef('ApiToken', tokenSchema)
const NEW_TOKEN = schemaRef('NewApiToken', newTokenSchema)
const PATH = '/api/v1/tokens'

/** API tokens: made with a secret that is shown once, listed without it, revoked rather than removed. */
export function mountTokens(services: Services): void {
  endpoint({
    method: 'GET',
    path: PATH,
    name: 'tokens.list',
    summary: 'API tokens: all for who manages people, else one’s own.',
    permission: 'tokens.read',
    query: tokenList.query,
    answer: pageSchema(TOKEN),
    handler: async ({ ctx, query }) => (await services()).apiTokens.list(ctx.principal, query),
  })
  endpoint({
    method: 'POST',
    path: PATH,
    name: 'tokens.create',
    summary: 'Create an API token. Its secret is shown once.',
    permission: 'tokens.write',
    body: tokenBody,
    answer: NEW_TOKEN,
    handler: async ({ ctx, body }) => (await services()).apiTokens.create(ctx.principal, body),
  })
  endpoint({
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'tokens.show',
    summary: 'One API token, without its secret.',
    permission: 'tokens.read',
    answer: TOKEN,
    handler: async ({ ctx, params }) => (await services()).apiTokens.show(ctx.principal, params.id!),
  })
  endpoint({
    method: 'DELETE',
    path: `${PATH}/:id`,
    name: 'tokens.revoke',
    summary: 'Revoke an API token at once.',
    permission: 'tokens.write',
    handler: async ({ ctx, params }) => (await services()).apiTokens.revoke(ctx.principal, params.id!),
  })
}
