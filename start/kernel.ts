/** Middleware. Nothing runs for every request but error handling: delivery pays for nothing that the admin needs. */
import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#app/exceptions/handler'))
server.use([() => import('@adonisjs/static/static_middleware')])

export const middleware = router.named({
  /** Parses bodies of the management API and the admin. */
  body: () => import('@adonisjs/core/bodyparser_middleware'),
  session: () => import('@adonisjs/session/session_middleware'),
  shield: () => import('@adonisjs/shield/shield_middleware'),
  /** Bearer of `/api/v1`: JWT or API token → `ctx.principal`; with a permission, 403 without it. */
  api: () => import('#app/middleware/api_guard'),
  /** `Idempotency-Key` on writes of `/api/v1`: a repeat gets the first answer. Runs after `api` and `body`. */
  idempotent: () => import('#modules/kernel/http/idempotent_middleware'),
  /** Session of the admin → `ctx.principal`, else to `/login`. */
  admin: () => import('#app/middleware/admin_guard'),
})
