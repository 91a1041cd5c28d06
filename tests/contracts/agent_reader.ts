import { test } from '@japa/runner'
import { DEVICE_TYPES, type Agent, type AgentReader } from '#modules/context/contract'
import { fixtureRows } from '#tests/support/fixture_rows'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'
const FIELDS = ['bot', 'botName', 'deviceType', 'os', 'osVersion', 'browser', 'browserVersion']

/** Longest time for one hostile user agent; far above what a slow machine needs, far below what a bad pattern takes. */
const PATIENCE_MS = 250

/** Texts that make careless patterns backtrack or careless code throw. */
export const HOSTILE_USER_AGENTS: readonly string[] = [
  '',
  ' ',
  '-',
  '\u0000'.repeat(300),
  'a'.repeat(100_000),
  ' '.repeat(100_000),
  '('.repeat(10_000),
  'Mozilla/5.0 ('.repeat(5_000),
  'Android '.repeat(5_000),
  '; '.repeat(20_000),
  '1.'.repeat(20_000),
  '%'.repeat(2_000),
  '%E0%A4%A'.repeat(500),
  '\ud800\udfff\udc00',
  '\u{1F600}'.repeat(1_000),
  '__proto__',
  'constructor/1.0',
  '$1 $& $` ${jndi:ldap://host/a}',
  "<script>alert(1)</script>' OR 1=1 --",
]

/** What every plugin of the kind `device` promises. `make` is called once a test. */
export function agentReaderContract(name: string, make: () => AgentReader): void {
  test.group(`agent reader ${name}`, () => {
    test('answers with exactly the fields of the contract, unknown ones null', ({ assert }) => {
      const reader = make()
      for (const text of [CHROME, '', 'curl/8.5.0', 'nonsense']) {
        const agent = reader.read(text)
        assert.sameMembers(Object.keys(agent), FIELDS)
        assertShape(assert, agent)
      }
    })

    test('reads a common browser', ({ assert }) => {
      const agent = make().read(CHROME)
      assert.containSubset(agent, {
        bot: false,
        botName: null,
        deviceType: 'desktop',
        os: 'Windows',
        browser: 'Chrome',
      })
      assert.match(agent.browserVersion!, /^126/)
    })

    test('an empty user agent is unknown, and not called a bot', ({ assert }) => {
      assert.deepEqual(
        { ...make().read('') },
        {
          bot: false,
          botName: null,
          deviceType: null,
          os: null,
          osVersion: null,
          browser: null,
          browserVersion: null,
        }
      )
    })

    test('gives the same answer again, and after many others', ({ assert }) => {
      const reader = make()
      const first = { ...reader.read(CHROME) }
      for (let each = 0; each < 300; each++) reader.read(`Other/${each}`)
      assert.deepEqual({ ...reader.read(CHROME) }, first)
    })

    test('an answer cannot be changed by the one who got it', ({ assert }) => {
      assert.isTrue(Object.isFrozen(make().read(CHROME)))
    })

    test('hostile text neither throws nor takes long', ({ assert }) => {
      const reader = make()
      reader.read(CHROME)
      for (const text of HOSTILE_USER_AGENTS) {
        const start = performance.now()
        assertShape(assert, reader.read(text))
        assertShape(
          assert,
          reader.read(CHROME, { 'sec-ch-ua': text, 'sec-ch-ua-model': text, 'sec-ch-ua-platform': text })
        )
        assert.isBelow(performance.now() - start, PATIENCE_MS, `slow on ${JSON.stringify(text.slice(0, 40))}`)
      }
    })

    test('client hints name the device that a frozen user agent hides', ({ assert }) => {
      const frozen =
        'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36'
      const hints = {
        'sec-ch-ua-platform': '"Android"',
        'sec-ch-ua-platform-version': '"14.0.0"',
        'sec-ch-ua-model': '"SM-X710"',
        'sec-ch-ua-mobile': '?0',
      }
      const agent = make().read(frozen, hints)
      assert.equal(agent.deviceType, 'tablet')
      assert.match(agent.osVersion!, /^14/)
    })

    test('finds at least 95 % of known programs and flags at most 2 % of browsers', ({ assert }) => {
      const reader = make()
      const rows = fixtureRows<{ ua: string; label: 'bot' | 'human' }>('user_agents/bot_human.jsonl')
      const flagged = (label: string) => {
        const of = rows.filter((row) => row.label === label)
        return of.filter((row) => reader.read(row.ua).bot).length / of.length
      }
      assert.isAtLeast(flagged('bot'), 0.95)
      assert.isAtMost(flagged('human'), 0.02)
    })
  })
}

function assertShape(assert: { isTrue(value: unknown, message?: string): void }, agent: Agent): void {
  const text = (value: unknown) => value === null || (typeof value === 'string' && value !== '')
  assert.isTrue(typeof agent.bot === 'boolean', 'bot')
  assert.isTrue(agent.deviceType === null || DEVICE_TYPES.includes(agent.deviceType), 'deviceType')
  for (const field of ['botName', 'os', 'osVersion', 'browser', 'browserVersion'] as const) {
    assert.isTrue(text(agent[field]), field)
  }
}
