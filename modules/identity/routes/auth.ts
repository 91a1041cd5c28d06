import type { HttpContext } from '@adonisjs/core/http'
import { endpoint } from '#modules/kernel/http/endpoint'
import { notAllowed } from '#modules/kernel/http/failures'
import { schemaRef } from '#modules/kernel/http/openapi'
import { instantJson } from '#modules/kernel/http/instants'
import { ProblemException } from '#modules/kernel/problem'
import type { LoginFailure, Principal } from '#modules/identity/contract'
import type { IdentityServices } from '#modules/identity/services/assembly'
import type { Services } from '#modules/identity/routes/index'
import { loginBody, passwordBody, refreshBody } from '#modules/identity/validators'
import { organisationSchema, partiesSchema, tokensSchema } from '#modules/identity/routes/schemas'

const TOKENS = schemaRef('Tokens', tokensSchema)
const ME = schemaRef('Me', {
  type: 'object',
  properties: {
    person: {
      type: ['object', 'null'],
      properties: { id: { type: 'string' }, name: { type: 'string' }, email: { type: 'string' } },
    },
    organisation: organisationSchema,
    role: { type: 'string' },
    parties: partiesSchema,
    tokenId: { type: ['string', 'null'] },
    permissions: { type: 'array', items: { type: 'string' } },
  },
})

function refuse({ response }: HttpContext, failure: LoginFailure, wrong: string): never {
  if (failure.type === 'invalid_credentials') {
    throw new ProblemException(401, 'E_INVALID_CREDENTIALS', { detail: wrong })
  }
  response.header('retry-after', String(failure.retryAfterSeconds))
  throw new ProblemException(429, 'E_THROTTLED', {
    detail: `Too many attempts. Try again in ${failure.retryAfterSeconds} seconds.`,
  })
}

async function meOf({ identity }: IdentityServices, principal: Principal) {
  const organisation = await identity.organisation(principal.organisationId)
  return {
    person: principal.personId === null ? null : await identity.person(principal.personId),
    organisation: organisation && { ...organisation, createdAt: instantJson(organisation.createdAt) },
    role: principal.role,
    parties: principal.parties,
    tokenId: principal.tokenId,
    permissions: [...principal.permissions].sort(),
  }
}

/** Log-in by password, refresh, log-out, who am I, and one's own password. */
export function mountAuth(services: Services): void {
  endpoint({
    method: 'POST',
    path: '/api/v1/auth/login',
    name: 'auth.login',
    summary: 'Exchange e-mail and password for tokens.',
    permission: 'public',
    body: loginBody,
    success: 200,
    answer: TOKENS,
    handler: async ({ ctx, body }) => {
      const { sessions } = await services()
      const outcome = await sessions.logIn(body.email, body.password, ctx.request.ip())
      return outcome.ok
        ? sessions.open(outcome.value)
        : refuse(ctx, outcome.error, 'This e-mail and password do not belong together.')
    },
  })
  endpoint({
    method: 'POST',
    path: '/api/v1/auth/refresh',
    name: 'auth.refresh',
    summary: 'Exchange a refresh token for new tokens. Each works once; a second use ends the log-in.',
    permission: 'public',
    body: refreshBody,
    success: 200,
    answer: TOKENS,
    handler: async ({ body }) => {
      const tokens = await (await services()).sessions.refresh(body.refreshToken)
      if (!tokens) {
        throw new ProblemException(401, 'E_INVALID_REFRESH_TOKEN', {
          detail: 'Log in again: this refresh token is unknown, expired, used or revoked.',
        })
      }
      return tokens
    },
  })
  endpoint({
    method: 'POST',
    path: '/api/v1/auth/logout',
    name: 'auth.logout',
    summary: 'End a log-in, with its access tokens.',
    permission: 'public',
    body: refreshBody,
    success: 204,
    handler: async ({ body }) => (await services()).sessions.logOut(body.refreshToken),
  })
  endpoint({
    method: 'GET',
    path: '/api/v1/auth/me',
    name: 'auth.me',
    summary: 'Who the token speaks for, and what it may do.',
    permission: 'authenticated',
    answer: ME,
    handler: async ({ ctx }) => meOf(await services(), ctx.principal),
  })
  endpoint({
    method: 'POST',
    path: '/api/v1/auth/password',
    name: 'auth.password',
    summary: 'Change one’s own password. Every log-in ends; the answer holds the tokens of a new one.',
    permission: 'authenticated',
    body: passwordBody,
    success: 200,
    answer: TOKENS,
    idempotent: false,
    handler: async ({ ctx, body }) => changePassword(ctx, await services(), body),
  })
}

async function changePassword(
  ctx: HttpContext,
  { identity, people, sessions }: IdentityServices,
  body: { currentPassword: string; newPassword: string }
) {
  const { personId, tokenId, organisationId } = ctx.principal
  const person = personId === null || tokenId !== null ? null : await identity.person(personId)
  if (!person) throw notAllowed('Only a person who is logged in can change a password; an API token cannot.')
  const outcome = await sessions.logIn(person.email, body.currentPassword, ctx.request.ip())
  if (!outcome.ok) return refuse(ctx, outcome.error, 'The current password is not right.')
  await people.changeOwnPassword(ctx.principal, person.id, person.email, body.newPassword)
  return sessions.open({ personId: person.id, organisationId })
}
