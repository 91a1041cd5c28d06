import { join, resolve } from 'node:path'
import env from '#start/env'
import { defineConfig, services } from '@adonisjs/drive'

export default defineConfig({
  default: 'creatives',
  services: {
    creatives: services.fs({
      location: join(resolve(env.get('STORAGE_DIR') ?? 'storage/dev'), 'creatives'),
      serveFiles: false,
      visibility: 'public',
    }),
  },
})
