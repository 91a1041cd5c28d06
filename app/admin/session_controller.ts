import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from '@adonisjs/core'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import delivery from '#config/delivery'
import { SESSION_ID } from '#app/middleware/admin_guard'
import { renderPage } from '#app/admin/render'
import { Identity } from '#modules/identity/contract'

const MAX_EMAIL = 254
const MAX_PASSWORD = 200

/** Only a path of our own admin is a place to go back to. */
export function safeReturn(to: unknown): string {
  return typeof to === 'string' && /^\/admin(?:[/?]|$)/.test(to) && !to.includes('\\') ? to : '/admin'
}

/** Log-in and log-out of the admin. */
@inject()
export default class SessionController {
  constructor(private identity: Identity) {}

  async show(ctx: HttpContext) {
    if (ctx.session.get(SESSION_ID)) return ctx.response.redirect('/admin')
    return this.page(ctx, '', safeReturn(ctx.request.qs().to))
  }

  async store(ctx: HttpContext) {
    const { email, password, to } = ctx.request.all() as Record<string, unknown>
    const back = safeReturn(to)
    const typed = typeof email === 'string' ? email.slice(0, MAX_EMAIL) : ''
    if (!typed || typeof password !== 'string' || password.length > MAX_PASSWORD) {
      return this.page(ctx, typed, back, 'Enter your e-mail and your password.', 422)
    }
    const outcome = await this.identity.logIn(typed, password, ctx.request.ip())
    if (!outcome.ok) return this.refused(ctx, typed, back, outcome.error)
    ctx.session.regenerate()
    const { personId, organisationId } = outcome.value
    ctx.session.put(SESSION_ID, await this.identity.openAdminSession(personId, organisationId))
    return ctx.response.redirect(back)
  }

  async destroy(ctx: HttpContext) {
    const id: unknown = ctx.session.get(SESSION_ID)
    if (typeof id === 'string') await this.identity.endAdminSession(id)
    ctx.session.clear()
    ctx.session.regenerate()
    return ctx.response.redirect('/login')
  }

  private refused(
    ctx: HttpContext,
    email: string,
    to: string,
    failure: { type: string; retryAfterSeconds?: number }
  ) {
    if (failure.type === 'throttled') {
      const seconds = failure.retryAfterSeconds ?? 60
      ctx.response.header('retry-after', String(seconds))
      return this.page(
        ctx,
        email,
        to,
        `Too many attempts. Try again in ${Math.ceil(seconds / 60)} minute(s).`,
        429
      )
    }
    return this.page(ctx, email, to, 'This e-mail and password do not belong together.', 422)
  }

  private page(ctx: HttpContext, email: string, to: string, error?: string, status = 200) {
    ctx.response.status(status)
    ctx.response.header('cache-control', 'no-store')
    return renderPage(ctx, 'login', { title: 'Log in', email, to, error, demo: demoLogin() })
  }
}

/** The demo's log-in, shown on a laptop only: never when the product runs in production. */
function demoLogin(): { email: string; password: string } | null {
  if (app.inProduction) return null
  try {
    const demo = JSON.parse(readFileSync(join(delivery.storageDir, 'demo.json'), 'utf8')) as {
      admin?: { email: string; password: string }
    }
    return demo.admin ?? null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
