import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { ProblemException } from '#modules/kernel/problem'
import { Identity, type Permission } from '#modules/identity/contract'

/** Lets a request pass that proves who it is by `Authorization: Bearer` and has the permission, when one is asked. */
@inject()
export default class ApiGuard {
  constructor(private identity: Identity) {}

  async handle(ctx: HttpContext, next: NextFn, permission?: Permission) {
    const bearer = /^Bearer\s+(\S+)$/i.exec(ctx.request.header('authorization') ?? '')?.[1]
    const principal = bearer ? await this.identity.authenticate(bearer) : null
    if (!principal) {
      ctx.response.header('www-authenticate', 'Bearer')
      throw new ProblemException(401, 'E_NOT_AUTHENTICATED', {
        detail: 'Send a valid access token or API token as Authorization: Bearer.',
      })
    }
    if (permission && !principal.permissions.has(permission)) {
      throw new ProblemException(403, 'E_NOT_ALLOWED', { detail: `This needs the permission ${permission}.` })
    }
    ctx.principal = principal
    return next()
  }
}
