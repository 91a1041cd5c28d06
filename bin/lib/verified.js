/** docs/verified.md: what the last full-size run of the tests measured, on which commit and machine. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { readJson, writeWhole } from './files.js'

const GIB = 1024 ** 3

/** @param {{ root: string, summaryFile: string, figuresFile: string, scale: string, minutes: number }} run */
export function writeVerified({ root, summaryFile, figuresFile, scale, minutes }) {
  const summary = readJson(summaryFile)
  const figures = existsSync(figuresFile)
    ? readFileSync(figuresFile, 'utf8').trim().split('\n').filter(Boolean)
    : []
  const rows = figures
    .map((line) => JSON.parse(line))
    .map(({ name, value, unit }) => `| ${name} | ${value} ${unit} |`)
  const suites = Object.entries(summary?.suites ?? {}).map(
    ([name, counts]) => `| ${name} | ${counts.passed} | ${counts.failed} | ${counts.skipped} |`
  )
  const text = [
    '# What was verified',
    '',
    `\`npm run verify\` (SCALE=${scale}) on commit ${commitOf(root)}, ${new Date().toISOString().slice(0, 10)}, in ${minutes.toFixed(1)} minutes.`,
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / GIB)} GiB, ${type()}, Node ${process.versions.node}.`,
    '',
    ...['| suite | passed | failed | skipped |', '| --- | --- | --- | --- |', ...suites, ''],
    ...(rows.length > 0
      ? ['| figure | value |', '| --- | --- |', ...rows, '']
      : ['No test recorded a figure.', '']),
  ].join('\n')
  writeWhole(join(root, 'docs/verified.md'), text)
}

/** Commit in short form, marked when files were changed since. */
function commitOf(root) {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? ''
  const commit = git('rev-parse', '--short=12', 'HEAD') || 'unknown'
  return git('status', '--porcelain', '--untracked-files=no') ? `${commit} with local changes` : commit
}
