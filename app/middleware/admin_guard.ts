import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { Identity, type Permission } from '#modules/identity/contract'

/** Key of the sealed cookie: the id of the session that the server keeps. */
export const SESSION_ID = 'admin'

/** Lets a logged-in person pass; others go to the log-in page and come back afterwards. */
@inject()
export default class AdminGuard {
  constructor(private identity: Identity) {}

  async handle(ctx: HttpContext, next: NextFn, permission?: Permission) {
    const id: unknown = ctx.session.get(SESSION_ID)
    const principal = typeof id === 'string' ? await this.identity.principalOfAdminSession(id) : null
    if (!principal) {
      ctx.session.forget(SESSION_ID) // else the log-in page would send them back here
      const back = ctx.request.method() === 'GET' ? `?to=${encodeURIComponent(ctx.request.url(true))}` : ''
      return ctx.response.redirect(`/login${back}`)
    }
    ctx.principal = principal
    ctx.response.header('cache-control', 'private, no-store')
    if (permission && !principal.permissions.has(permission)) return ctx.response.abort('Not allowed', 403)
    return next()
  }
}
