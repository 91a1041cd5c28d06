import { test } from '@japa/runner'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const fixture = (name: string) => `tests/fixtures/geoip/${name}.mmdb`

type Outcome = { code: number | null; lines: Record<string, unknown>[]; errors: string }

/** Runs a command in an environment that holds nothing but the path: no database, no Redis, no key. */
function run(args: string[], input: string, env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['ace.js', ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({
        code,
        errors,
        lines: output
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      })
    })
    child.stdin.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || reject(error))
    child.stdin.end(input)
  })
}

test.group('inspect commands', (group) => {
  group.each.timeout(60_000) // each starts a process of its own

  test('inspect:agent answers each line with one object, an empty line with nulls', async ({ assert }) => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
    const { code, lines, errors } = await run(['inspect:agent'], `${agent}\n\ncurl/8.5.0`)
    assert.equal(errors, '')
    assert.equal(code, 0)
    assert.deepEqual(lines[0], {
      input: agent,
      bot: false,
      botName: null,
      deviceType: 'desktop',
      os: 'GNU/Linux',
      osVersion: null,
      browser: 'Firefox',
      browserVersion: '128.0',
    })
    assert.deepEqual(lines[1], {
      input: '',
      bot: false,
      botName: null,
      deviceType: null,
      os: null,
      osVersion: null,
      browser: null,
      browserVersion: null,
    })
    assert.lengthOf(lines, 3)
    assert.isTrue(lines[2]!.bot)
  })

  test('inspect:ip places addresses by the database it is given', async ({ assert }) => {
    const { code, lines } = await run(
      ['inspect:ip', `--database=${fixture('GeoIP2-City-Test')}`],
      '81.2.69.160\nnonsense\n\n'
    )
    assert.equal(code, 0)
    assert.deepEqual(lines[0], {
      input: '81.2.69.160',
      country: 'GB',
      region: 'ENG',
      city: 'London',
      timeZone: 'Europe/London',
      asn: null,
      latitude: 51.5142,
      longitude: -0.0931,
      lists: [],
    })
    assert.deepEqual(lines[1], {
      input: 'nonsense',
      country: null,
      region: null,
      city: null,
      timeZone: null,
      asn: null,
      lists: [],
    })
    assert.lengthOf(lines, 3)
  })

  test('inspect:ip has a database of its own', async ({ assert }) => {
    const { lines } = await run(['inspect:ip'], '8.8.8.8\n')
    assert.equal(lines[0]!.country, 'US')
  })

  test('a damaged database, {args} {env}, is one line on stderr and exit code 1')
    .with([
      {
        args: [`--database=${fixture('MaxMind-DB-test-broken-search-tree-24')}`],
        env: {},
        reason: /broken-search-tree-24\.mmdb has a damaged search tree/,
      },
      { args: ['--database=/nowhere.mmdb'], env: {}, reason: /\/nowhere\.mmdb does not exist/ },
      { args: [], env: { GEO_DATABASE: 'package.json' }, reason: /package\.json is not a MaxMind database/ },
    ])
    .run(async ({ assert }, { args, env, reason }) => {
      const { code, lines, errors } = await run(
        ['inspect:ip', ...args],
        '8.8.8.8\n',
        env as Record<string, string>
      )
      assert.equal(code, 1)
      assert.isEmpty(lines)
      assert.match(errors, reason)
      assert.match(errors, /^inspect:ip: plugin geo_mmdb: [^\n]+\n$/)
    })
})
