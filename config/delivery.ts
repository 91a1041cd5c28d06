/** Where tags and trackers live, and who may speak for a client. Read once at boot. */
import { join, resolve } from 'node:path'
import env from '#start/env'

const port = env.get('PORT') ?? 3333
const withoutSlash = (origin: string) => origin.replace(/\/+$/, '')

export default {
  port,
  origin: withoutSlash(env.get('DELIVERY_ORIGIN') ?? `http://localhost:${port}`),
  creativeOrigin: withoutSlash(
    env.get('CREATIVE_ORIGIN') ?? env.get('DELIVERY_ORIGIN') ?? `http://localhost:${port}`
  ),
  trustedProxies: (env.get('TRUSTED_PROXIES') ?? '127.0.0.0/8,::1/128')
    .split(',')
    .map((range) => range.trim())
    .filter(Boolean),
  storageDir: resolve(env.get('STORAGE_DIR') ?? 'storage/dev'),
  logDir: join(resolve(env.get('STORAGE_DIR') ?? 'storage/dev'), 'log'),
  /** Longest wait of the durable log's group commit, in milliseconds. */
  logWindowMs: env.get('LOG_WINDOW_MS') ?? 1,
  /** Cap of all durable logs of the host together; beyond it facts are refused with 503. */
  logCapBytes: (env.get('LOG_MAX_MB') ?? 4_096) * 1_048_576,
  geoDatabase: env.get('GEO_DATABASE') ?? null,
}
