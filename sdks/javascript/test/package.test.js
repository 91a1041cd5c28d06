/** What somebody gets who installs the package: both formats, types that a compiler takes, a size that a page bears. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const MOST_BYTES = 10 * 1024
const require = createRequire(import.meta.url)
const TSC = join(require.resolve('typescript'), '../../bin/tsc')

/** The names of the page that the tag touches when it starts and finds no slots. */
function emptyPage() {
  const page = {
    document: {
      readyState: 'complete',
      querySelectorAll: () => [],
      documentElement: {},
    },
    URL,
    performance,
    setTimeout,
    location: { href: 'https://news.example/' },
  }
  page.self = page
  page.window = page
  return page
}

test('the module may be imported where there is no page', async () => {
  const { createPlacard } = await import('../build/placard.js')
  assert.equal(typeof createPlacard, 'function')
  assert.throws(() => createPlacard({ origin: 'ads.example.com' }), TypeError)
  assert.throws(() => createPlacard({ origin: 'javascript:alert(1)' }), TypeError)
})

test('the UMD script is a CommonJS module, and a global in a page', () => {
  assert.equal(typeof require('../build/placard.umd.cjs').createPlacard, 'function')
  const page = emptyPage()
  runInNewContext(readFileSync(join(PACKAGE, 'build/placard.umd.cjs'), 'utf8'), page)
  const placard = page.PlacardTag.createPlacard({ origin: 'https://ads.example.com', keywords: ['news'] })
  assert.deepEqual(Object.keys(placard).sort(), [
    'consent',
    'keywords',
    'on',
    'properties',
    'refresh',
    'stop',
    'user',
  ])
  placard.stop()
})

test('each file is at most 10 KiB compressed', () => {
  for (const file of ['placard.js', 'placard.umd.cjs']) {
    const { length } = gzipSync(readFileSync(join(PACKAGE, 'build', file)), { level: 9 })
    assert.ok(length <= MOST_BYTES, `${file}: ${length} bytes`)
  }
})

test('the types are those of the source, and the sample of the README compiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'placard-tag-'))
  try {
    const installed = join(folder, 'node_modules/@placard/tag')
    mkdirSync(installed, { recursive: true })
    for (const name of ['build', 'package.json'])
      cpSync(join(PACKAGE, name), join(installed, name), { recursive: true })
    const [, sample] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(PACKAGE, 'README.md'), 'utf8'))
    writeFileSync(join(folder, 'sample.ts'), sample)
    writeFileSync(
      join(folder, 'wrong.ts'),
      `import { createPlacard } from '@placard/tag'\ncreatePlacard({})\n`
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const check = (file) =>
      execFileSync(
        process.execPath,
        [
          TSC,
          '--noEmit',
          '--strict',
          '--module',
          'nodenext',
          '--target',
          'es2022',
          '--lib',
          'es2022,dom',
          file,
        ],
        { cwd: folder, stdio: 'pipe' }
      )
    check('sample.ts')
    assert.throws(() => check('wrong.ts'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
