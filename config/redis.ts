import env from '#start/env'
import { defineConfig } from '@adonisjs/redis'

const url = new URL(env.get('REDIS_URL'))

export default defineConfig({
  connection: 'main',
  connections: {
    main: {
      host: url.hostname,
      port: Number(url.port || 6379),
      username: url.username || undefined,
      password: decodeURIComponent(url.password) || undefined,
      db: Number(url.pathname.slice(1) || 0),
      tls: url.protocol === 'rediss:' ? {} : undefined,
      retryStrategy: (times: number) => Math.min(times * 200, 2_000),
    },
  },
})
