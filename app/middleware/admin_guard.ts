import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type { Id } from '#modules/kernel/ids'
import { Identity } from '#modules/identity/contract'

export const SESSION_PERSON = 'person'
export const SESSION_ORGANISATION = 'organisation'

/** Lets a logged-in person pass; others go to the log-in page and come back afterwards. */
@inject()
export default class AdminGuard {
  constructor(private identity: Identity) {}

  async handle(ctx: HttpContext, next: NextFn) {
    const personId = ctx.session.get(SESSION_PERSON) as Id<'person'> | undefined
    const organisationId = ctx.session.get(SESSION_ORGANISATION) as Id<'organisation'> | undefined
    const principal = personId && organisationId ? await this.identity.principalOf(personId, organisationId) : null
    if (!principal) {
      const back = ctx.request.method() === 'GET' ? `?to=${encodeURIComponent(ctx.request.url(true))}` : ''
      return ctx.response.redirect(`/login${back}`)
    }
    ctx.principal = principal
    ctx.response.header('cache-control', 'private, no-store')
    return next()
  }
}
