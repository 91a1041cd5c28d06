import type { IncomingMessage, ServerResponse } from 'node:http'
import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/core/http'
import delivery from '#config/delivery'
import { parseIp } from '#modules/kernel/ip_address'
import { Networks } from '#modules/kernel/networks'
import { PROBLEM_TYPE, problemOf } from '#modules/kernel/problem'

const trusted = Networks.parse(delivery.trustedProxies, 'TRUSTED_PROXIES')

/** HTTP settings of the AdonisJS server: admin, management API, and the edge handlers under `ROLE=all`. */
export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  useAsyncLocalStorage: false,
  /** `request.ip()` is the client's address also behind TRUSTED_PROXIES: log-ins are throttled by it. */
  trustProxy: (address) => {
    const bytes = parseIp(address)
    return bytes !== null && trusted.has(bytes)
  },
  /** A comma is a character like others: a search for `Müller, Söhne` is one text. Lists split what they take. */
  qs: {
    parse: { depth: 5, parameterLimit: 1000, allowSparse: false, arrayLimit: 20, comma: false },
    stringify: { encode: true, encodeValuesOnly: false, arrayFormat: 'indices', skipNulls: false },
  },
  /** A path that is not percent-encoded UTF-8; there is no context yet that could answer. */
  onBadUrl: (_request: IncomingMessage, response: ServerResponse) => {
    const body = problemOf(400, 'E_MALFORMED_PATH', { detail: 'The path is not valid UTF-8.' })
    response.writeHead(400, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(body))
  },
  cookie: { domain: '', path: '/', maxAge: '12h', httpOnly: true, secure: app.inProduction, sameSite: 'lax' },
})
