import { glob, readFile } from 'node:fs/promises'
import { test } from '@japa/runner'

/** Codes of the framework that the exception handler translates. */
const TRANSLATED = new Set([
  'E_BAD_CSRF_TOKEN',
  'E_INVALID_JSON',
  'E_REQUEST_ENTITY_TOO_LARGE',
  'E_ROUTE_NOT_FOUND',
  'E_VALIDATION_ERROR',
])

const codesIn = (source: string) => [...source.matchAll(/'(E_[A-Z_]+)'/g)].map(([, code]) => code!)

function undocumented(codes: Iterable<string>, document: string): string[] {
  return [...new Set(codes)]
    .filter((code) => !TRANSLATED.has(code) && !document.includes(`\`${code}\``))
    .sort()
}

test.group('error codes', () => {
  test('every code that the product names is explained in docs/errors.md', async ({ assert }) => {
    const codes: string[] = []
    for await (const file of glob(['modules/**/*.ts', 'app/**/*.ts', 'plugins/**/*.ts'])) {
      if (!file.endsWith('.spec.ts')) codes.push(...codesIn(await readFile(file, 'utf8')))
    }
    assert.isAbove(codes.length, 20)
    assert.deepEqual(undocumented(codes, await readFile('docs/errors.md', 'utf8')), [])
  })

  test('the rule itself catches a trespass', ({ assert }) => {
    const codes = codesIn(`throw new ProblemException(409, 'E_SECRET')`)
    assert.deepEqual(undocumented(codes, '| `E_NOT_FOUND` |'), ['E_SECRET'])
  })
})
