import { defineConfig } from '@adonisjs/core/app'

export default defineConfig({
  commands: [() => import('@adonisjs/core/commands'), () => import('@adonisjs/lucid/commands')],
  directories: { commands: 'app/commands', migrations: 'database/migrations', public: 'build/public' },
  providers: [
    () => import('@adonisjs/core/providers/app_provider'),
    () => import('@adonisjs/core/providers/hash_provider'),
    { file: () => import('@adonisjs/core/providers/repl_provider'), environment: ['repl', 'test'] },
    () => import('@adonisjs/core/providers/vinejs_provider'),
    () => import('@adonisjs/lucid/database_provider'),
    () => import('@adonisjs/redis/redis_provider'),
    () => import('@adonisjs/session/session_provider'),
    () => import('@adonisjs/shield/shield_provider'),
    () => import('@adonisjs/static/static_provider'),
    () => import('@adonisjs/drive/drive_provider'),
    () => import('#app/providers/kernel_provider'),
    () => import('#app/providers/wake_provider'),
    () => import('#app/providers/plugins_provider'),
    () => import('#modules/context/provider'),
    () => import('#modules/privacy/provider'),
    () => import('#modules/identity/provider'),
    () => import('#modules/events/provider'),
    () => import('#modules/inventory/provider'),
    () => import('#modules/campaigns/provider'),
    () => import('#modules/billing/provider'),
    () => import('#modules/reporting/provider'),
  ],
  preloads: [() => import('#start/kernel'), () => import('#start/routes'), () => import('#start/events')],
  tests: {
    timeout: 60_000,
    forceExit: true,
    suites: [
      {
        name: 'unit',
        files: ['modules/**/*.spec.ts', 'app/**/*.spec.ts', 'plugins/**/*.spec.ts', 'config/**/*.spec.ts'],
      },
      { name: 'architecture', files: ['tests/architecture/**/*.spec.ts'] },
      { name: 'contracts', files: ['tests/contracts/**/*.spec.ts'] },
      { name: 'functional', files: ['modules/*/tests/**/*.spec.ts', 'tests/functional/**/*.spec.ts'] },
      { name: 'e2e', files: ['tests/e2e/**/*.spec.ts'], timeout: 300_000 },
    ],
  },
})
