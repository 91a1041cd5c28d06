/**
 * `npm run bench -- decide`: runs the `*.bench.ts` files whose path contains one of the words, or all of them, one
 * after the other in a process of its own, so that no bench warms or clutters the next one's heap.
 */
import { globSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const words = process.argv.slice(2)
const files = globSync(['modules/**/*.bench.ts', 'app/**/*.bench.ts', 'plugins/**/*.bench.ts'], { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

if (files.length === 0) {
  process.stderr.write(`no *.bench.ts matches ${words.join(' ')}\n`)
  process.exitCode = 1
}
for (const file of files) {
  process.stdout.write(`\n${file}\n`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--import=@poppinss/ts-exec', file], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = status ?? 1
}
