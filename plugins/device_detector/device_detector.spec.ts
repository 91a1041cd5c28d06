import { test } from '@japa/runner'
import { createRequire } from 'node:module'
import { fixtureRows, sharedRows } from '#tests/support/fixture_rows'
import { CACHED_AGENTS, DeviceDetector, MAX_USER_AGENT_CHARS } from '#plugins/device_detector/device_detector'
import { MatomoDetector } from '#plugins/device_detector/matomo_detector'

type Labelled = {
  ua: string
  label: 'bot' | 'human'
  source: string
  device_type?: string
  os?: string
  client_type?: string
  client?: string
}
type Hinted = {
  ua: string
  headers: Record<string, string>
  os?: string
  os_version?: string
  device_type?: string
  client?: string
}
type Agreed = { ua: string; kind: string; expect: { family: string } }

const share = (part: number, whole: number) => part / whole
const labelled = sharedRows<Labelled>('useragents/bot_human.jsonl')
const hinted = sharedRows<Hinted>('useragents/client_hints.jsonl')
const agreed = sharedRows<Agreed>('useragents/uap_expected.jsonl')
const ABSENT = 'the shared test data are absent'

/** Names of the same systems in ua-parser's words. */
const OS_IN_UAP: Record<string, string> = {
  Mac: 'Mac OS X',
  'GNU/Linux': 'Linux',
  'Windows Mobile': 'Windows',
  watchOS: 'WatchOS',
  'Symbian OS Series 60': 'Symbian OS',
  Symbian: 'Symbian OS',
  Brew: 'BREW',
  iPadOS: 'iOS',
  'Android TV': 'Android',
  'BlackBerry Tablet OS': 'BlackBerry Tablet OS',
}

test.group('device detector on labelled user agents', () => {
  const reader = new DeviceDetector()

  test('names the device type as labelled on at least 98 % of the rows', ({ assert }) => {
    const rows = labelled!.filter((row) => row.device_type)
    assert.isAtLeast(
      share(rows.filter((row) => reader.read(row.ua).deviceType === row.device_type).length, rows.length),
      0.98
    )
  }).skip(!labelled, ABSENT)

  test('finds at least 98 % of the bots', ({ assert }) => {
    const rows = labelled!.filter((row) => row.label === 'bot')
    assert.isAtLeast(share(rows.filter((row) => reader.read(row.ua).bot).length, rows.length), 0.98)
  }).skip(!labelled, ABSENT)

  test('calls at most 0.5 % of the browsers bots', ({ assert }) => {
    const rows = labelled!.filter(
      (row) => row.label === 'human' && (row.client_type === 'browser' || row.source === 'isbot')
    )
    assert.isAtMost(share(rows.filter((row) => reader.read(row.ua).bot).length, rows.length), 0.005)
  }).skip(!labelled, ABSENT)

  test('names the system and the browser as labelled on at least 98 % of the rows', ({ assert }) => {
    const systems = labelled!.filter((row) => row.os)
    const browsers = labelled!.filter((row) => row.client_type === 'browser')
    assert.isAtLeast(
      share(systems.filter((row) => reader.read(row.ua).os === row.os).length, systems.length),
      0.98
    )
    assert.isAtLeast(
      share(browsers.filter((row) => reader.read(row.ua).browser === row.client).length, browsers.length),
      0.98
    )
  }).skip(!labelled, ABSENT)

  test('every system and browser it names is in its vocabulary', ({ assert }) => {
    const os = new Set(reader.vocabulary.os)
    const browsers = new Set(reader.vocabulary.browsers)
    for (const row of labelled!.filter((each) => each.client_type === 'browser')) {
      const agent = reader.read(row.ua)
      if (agent.os) assert.isTrue(os.has(agent.os), agent.os)
      if (agent.browser) assert.isTrue(browsers.has(agent.browser), agent.browser)
    }
  }).skip(!labelled, ABSENT)

  test('reads client hints as labelled on at least 95 % of the rows', ({ assert }) => {
    for (const [field, key] of [
      ['device_type', 'deviceType'],
      ['os', 'os'],
    ] as const) {
      const rows = hinted!.filter((row) => row[field])
      const right = rows.filter((row) => reader.read(row.ua, lowered(row.headers))[key] === row[field])
      assert.isAtLeast(share(right.length, rows.length), 0.95, field)
    }
  }).skip(!hinted, ABSENT)

  test('agrees with ua-parser on at least 80 % of the systems', ({ assert }) => {
    const rows = agreed!.filter((row) => row.kind === 'os' && row.expect.family !== 'Other')
    const right = rows.filter((row) => {
      const { os } = reader.read(row.ua)
      return os !== null && (OS_IN_UAP[os] ?? os) === row.expect.family
    })
    assert.isAtLeast(share(right.length, rows.length), 0.8)
  }).skip(!agreed, ABSENT)
})

test.group('device detector', () => {
  test('choosing rules by their words changes no answer of the library', ({ assert }) => {
    const Library = createRequire(import.meta.url)('node-device-detector')
    const plain = new Library({})
    const chosen = new MatomoDetector()
    const texts = (labelled ?? fixtureRows<Labelled>('user_agents/bot_human.jsonl')).map((row) => row.ua)
    for (const text of texts.filter((_, at) => at % 41 === 0)) {
      assert.deepEqual(chosen.detect(text, null), {
        ...plain.detect(text, {}),
        botName: plain.parseBot(text).name || null,
      })
    }
  })

  test('what follows the longest sensible user agent is not read', ({ assert }) => {
    const reader = new DeviceDetector()
    const long = 'x'.repeat(MAX_USER_AGENT_CHARS)
    assert.strictEqual(reader.read(`${long} Googlebot/2.1`), reader.read(long))
  })

  test('a kept answer is the same object, until too many others came', ({ assert }) => {
    const reader = new DeviceDetector()
    const first = reader.read('curl/8.5.0')
    assert.strictEqual(reader.read('curl/8.5.0'), first)
    assert.isAbove(CACHED_AGENTS, 1_000)
  })

  test('{ua} is {what}')
    .with([
      {
        ua: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
        what: 'a bot',
        bot: true,
        botName: 'Googlebot',
      },
      { ua: 'curl/8.5.0', what: 'a bot', bot: true, botName: null },
      {
        ua: 'Mozilla/5.0 (Linux; Android 4.4.2; GM Discovery II) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Mobile Safari/537.36',
        what: 'a browser',
        bot: false,
        botName: null,
      },
      {
        ua: 'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2272.96 Mobile Safari/537.36 (compatible; SomeNewCrawler/1.0)',
        what: 'a bot',
        bot: true,
        botName: null,
      },
    ])
    .run(({ assert }, { ua, bot, botName }) => {
      const agent = new DeviceDetector().read(ua)
      assert.equal(agent.bot, bot)
      if (botName) assert.equal(agent.botName, botName)
    })
})

const lowered = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase().replace(/^http-/, ''), value])
  )
