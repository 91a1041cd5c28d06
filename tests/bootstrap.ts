/** What Japa needs to run the suites of adonisrc.ts inside the booted application. `npm test` makes the stores first. */
import app from '@adonisjs/core/services/app'
import testUtils from '@adonisjs/core/services/test_utils'
import { apiClient } from '@japa/api-client'
import { assert } from '@japa/assert'
import { pluginAdonisJS } from '@japa/plugin-adonisjs'
import { spec } from '@japa/runner/reporters'
import type { Config } from '@japa/runner/types'
import { summaryReporter } from '#tests/support/summary_reporter'

/** Suites whose specs speak to the product over HTTP; the others must not need a port. */
const SERVED_SUITES = new Set(['functional', 'e2e', 'contracts'])

export const plugins: Config['plugins'] = [assert(), apiClient(), pluginAdonisJS(app)]

const summaryFile = process.env.TEST_SUMMARY

/** The spec reporter, and with TEST_SUMMARY a file with the counts. */
export const reporters: Config['reporters'] = {
  activated: summaryFile ? ['spec', 'summary'] : ['spec'],
  list: summaryFile ? [spec(), summaryReporter(summaryFile)] : [spec()],
}

export const runnerHooks: Required<Pick<Config, 'setup' | 'teardown'>> = { setup: [], teardown: [] }

/** Starts the HTTP server on HOST and PORT for the suites that need it; the hook that it returns stops it again. */
export const configureSuite: Config['configureSuite'] = (suite) => {
  if (SERVED_SUITES.has(suite.name)) suite.setup(() => testUtils.httpServer().start())
}
