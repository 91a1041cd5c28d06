import env from '#start/env'
import { defineConfig, targets } from '@adonisjs/core/logger'

/** JSON lines; fields that could carry a person or a secret are cut before they are written. */
export default defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: true,
      name: 'placard',
      level: env.get('LOG_LEVEL') ?? 'info',
      redact: {
        paths: [
          'password',
          '*.password',
          'token',
          '*.token',
          'authorization',
          '*.authorization',
          'cookie',
          '*.cookie',
          'ip',
          '*.ip',
          'email',
          '*.email',
        ],
        censor: '[cut]',
      },
      transport: {
        targets: targets()
          .push(targets.file({ destination: env.get('NODE_ENV') === 'test' ? 2 : 1 }))
          .toArray(),
      },
    },
  },
})
