import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/core/http'

/** HTTP settings of the AdonisJS server: admin, management API, and the edge handlers under `ROLE=all`. */
export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  useAsyncLocalStorage: false,
  cookie: { domain: '', path: '/', maxAge: '12h', httpOnly: true, secure: app.inProduction, sameSite: 'lax' },
})
