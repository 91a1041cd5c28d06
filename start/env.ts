/** Every environment variable the product reads, with its shape. `docs/configuration.md` explains each. */
import { Env } from '@adonisjs/core/env'

export default await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: Env.schema.enum.optional(['development', 'production', 'test'] as const),
  ROLE: Env.schema.string.optional(),
  HOST: Env.schema.string.optional(),
  PORT: Env.schema.number.optional(),
  LOG_LEVEL: Env.schema.string.optional(),
  APP_KEY: Env.schema.secret(),
  /** The owner's connection: creates roles and tables. The application derives its own two roles from it. */
  DATABASE_URL: Env.schema.string(),
  DATABASE_APP_URL: Env.schema.string.optional(),
  DATABASE_SYSTEM_URL: Env.schema.string.optional(),
  REDIS_URL: Env.schema.string(),
  /** Directory for everything the process keeps on disk: durable log, creatives, demo.json. */
  STORAGE_DIR: Env.schema.string.optional(),
  /** Absolute origin of tags and trackers, never taken from a request's Host header. */
  DELIVERY_ORIGIN: Env.schema.string.optional(),
  CREATIVE_ORIGIN: Env.schema.string.optional(),
  TRUSTED_PROXIES: Env.schema.string.optional(),
  GEO_DATABASE: Env.schema.string.optional(),
  LOG_WINDOW_MS: Env.schema.number.optional(),
  /** Cap of all durable logs of the host, in MiB. */
  LOG_MAX_MB: Env.schema.number.optional(),
})
