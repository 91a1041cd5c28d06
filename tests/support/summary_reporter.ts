import { writeFileSync } from 'node:fs'
import type { NamedReporterContract } from '@japa/runner/types'

/** What `.ci/run` and `npm run verify` read: tests by suite, as Japa counted them. */
export type TestSummary = {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly suites: Record<string, { passed: number; failed: number; skipped: number }>
}

/** Writes a TestSummary as JSON to `path` when the run ends. An error outside of any test counts as one failed. */
export function summaryReporter(path: string): NamedReporterContract {
  return {
    name: 'summary',
    handler: (runner, emitter) => {
      const suites: TestSummary['suites'] = {}
      let suite = ''
      emitter.on('suite:start', ({ name }) => {
        suite = name
        suites[name] = { passed: 0, failed: 0, skipped: 0 }
      })
      emitter.on('test:end', (test) => {
        const outcome = test.isSkipped || test.isTodo ? 'skipped' : test.hasError ? 'failed' : 'passed'
        suites[suite][outcome] += 1
      })
      emitter.on('runner:end', () => {
        const { aggregates, hasError } = runner.getSummary()
        const sum = (key: 'passed' | 'failed' | 'skipped') =>
          Object.values(suites).reduce((total, counts) => total + counts[key], 0)
        const failed = Math.max(sum('failed'), aggregates.failed, hasError ? 1 : 0)
        writeFileSync(
          path,
          JSON.stringify({ passed: sum('passed'), failed, skipped: sum('skipped'), suites })
        )
      })
    },
  }
}
