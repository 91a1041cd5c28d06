/** What Japa needs to run the suites of adonisrc.ts inside the booted application. `npm test` makes the stores first. */
import app from '@adonisjs/core/services/app'
import testUtils from '@adonisjs/core/services/test_utils'
import { apiClient } from '@japa/api-client'
import { assert } from '@japa/assert'
import { pluginAdonisJS } from '@japa/plugin-adonisjs'
import type { Config } from '@japa/runner/types'

/** Suites whose specs speak to the product over HTTP; the others must not need a port. */
const SERVED_SUITES = new Set(['functional', 'e2e', 'contracts'])

export const plugins: Config['plugins'] = [assert(), apiClient(), pluginAdonisJS(app)]

export const runnerHooks: Required<Pick<Config, 'setup' | 'teardown'>> = { setup: [], teardown: [] }

/** Starts the HTTP server on HOST and PORT for the suites that need it; the hook that it returns stops it again. */
export const configureSuite: Config['configureSuite'] = (suite) => {
  if (SERVED_SUITES.has(suite.name)) suite.setup(() => testUtils.httpServer().start())
}
