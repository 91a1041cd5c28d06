import { defineConfig } from '@adonisjs/core/bodyparser'

/** Limits of the management API and the admin. Delivery and tracking read their own bodies (`edge_routes.ts`). */
export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  form: { convertEmptyStringsToNull: true, types: ['application/x-www-form-urlencoded'] },
  json: {
    limit: '1mb',
    convertEmptyStringsToNull: false,
    types: ['application/json', 'application/*+json'],
  },
  multipart: {
    autoProcess: true,
    convertEmptyStringsToNull: true,
    processManually: [],
    limit: '12mb',
    types: ['multipart/form-data'],
  },
})
