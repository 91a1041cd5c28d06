import { defineConfig } from '@adonisjs/static'

/** Built admin assets carry a content hash in their name, so they may be kept for a year. */
export default defineConfig({
  enabled: true,
  etag: true,
  lastModified: true,
  dotFiles: 'ignore',
  maxAge: '365d',
  immutable: true,
})
