import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { Identity, type Permission } from '#modules/identity/contract'

export const SESSION_PERSON = 'person'
export const SESSION_ORGANISATION = 'organisation'
/** When the person logged in: a password changed after that ends the session. */
export const SESSION_SINCE = 'since'

/** Lets a logged-in person pass; others go to the log-in page and come back afterwards. */
@inject()
export default class AdminGuard {
  constructor(private identity: Identity) {}

  async handle(ctx: HttpContext, next: NextFn, permission?: Permission) {
    const personId = ctx.session.get(SESSION_PERSON) as Id<'person'> | undefined
    const organisationId = ctx.session.get(SESSION_ORGANISATION) as Id<'organisation'> | undefined
    const since = ctx.session.get(SESSION_SINCE) as EpochMs | undefined
    const known = personId && organisationId && since !== undefined
    const principal = known ? await this.identity.principalOf(personId, organisationId, since) : null
    if (!principal) {
      ctx.session.forget(SESSION_PERSON) // else the log-in page would send them back here
      const back = ctx.request.method() === 'GET' ? `?to=${encodeURIComponent(ctx.request.url(true))}` : ''
      return ctx.response.redirect(`/login${back}`)
    }
    ctx.principal = principal
    ctx.response.header('cache-control', 'private, no-store')
    if (permission && !principal.permissions.has(permission)) return ctx.response.abort('Not allowed', 403)
    return next()
  }
}
