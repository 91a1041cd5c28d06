import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type { EdgeHeaders, EdgeRequest } from '#modules/kernel/edge'
import { scriptRoutes } from '#modules/serving/handlers/script'
import type { Decision } from '#modules/serving/services/ad_server'
import { bearerOf, globalPrivacyControl, isPrefetch } from '#modules/serving/services/request_signals'
import { tagDocument, UNKNOWN_PLACEMENT } from '#modules/serving/services/tag_document'
import { readTagQuery } from '#modules/serving/services/tag_query'
import { buildTagScripts } from '#modules/serving/services/tag_scripts'

const SETTINGS = { origin: 'https://ads.example', creativeOrigin: 'https://cdn.example' }
/** What the tag may weigh on a page. */
const PLACARD_JS_LIMIT_BYTES = 10 * 1024

function request(headers: Record<string, string>): EdgeRequest {
  return {
    method: 'GET',
    path: '/placard.js',
    query: '',
    header: (name) => headers[name],
    body: Buffer.alloc(0),
    remoteAddress: '127.0.0.1',
    params: {},
  }
}

async function fetchScript(headers: Record<string, string>) {
  const [route] = scriptRoutes({ scripts: await buildTagScripts() })
  let seen: { status: number; headers: EdgeHeaders; body: Buffer } | null = null
  await route!.handle(request(headers), {
    send: (status, sent, body) => (seen = { status, headers: sent, body: Buffer.from(body) }),
  })
  return seen!
}

test.group('placard.js', () => {
  test('is the same script in every encoding, and small', async ({ assert }) => {
    const plain = await fetchScript({})
    const gzip = await fetchScript({ 'accept-encoding': 'gzip, deflate' })
    const brotli = await fetchScript({ 'accept-encoding': 'gzip, br;q=0.9' })
    assert.isUndefined(plain.headers['content-encoding'])
    assert.deepEqual(gunzipSync(gzip.body), plain.body)
    assert.deepEqual(brotliDecompressSync(brotli.body), plain.body)
    assert.isBelow(gzip.body.length, PLACARD_JS_LIMIT_BYTES)
    const refused = await fetchScript({ 'accept-encoding': 'br;q=0, gzip;q=0.0' })
    assert.isUndefined(refused.headers['content-encoding'])
  })

  test('is revalidated by its tag', async ({ assert }) => {
    const { headers } = await fetchScript({ 'accept-encoding': 'br' })
    const again = await fetchScript({ 'accept-encoding': 'br', 'if-none-match': `"x", W/${headers.etag}` })
    assert.equal(again.status, 304)
    assert.lengthOf(again.body, 0)
    assert.equal((await fetchScript({ 'if-none-match': headers.etag! })).status, 200)
  })

  test('uses no cookie and no storage', async ({ assert }) => {
    const text = (await fetchScript({})).body.toString()
    assert.notMatch(text, /cookie|localStorage|sessionStorage|indexedDB|eval\(|innerHTML/)
  })
})

test.group('tag document', () => {
  const urls = {
    impression: 'https://ads.example/t/i/T',
    viewable: 'https://ads.example/t/v/T',
    measurable: 'https://ads.example/t/m/T',
    click: 'https://ads.example/t/c/T',
    events: {},
  }
  const ad = (markup: string): Decision => ({
    placementId: 'p',
    ad: { lineItemId: 'l', creativeId: 'c', width: 1, height: 1, mediaType: 'banner', markup, urls },
  })

  test('a picture gets a policy that allows exactly its script', async ({ assert }) => {
    const scripts = await buildTagScripts()
    const { html, policy } = tagDocument(ad('<a href="x"><img src="y"></a>'), scripts, SETTINGS)
    const inline = /<script>([^]*?)<\/script>/.exec(html)![1]!
    assert.include(policy, `'sha256-${createHash('sha256').update(inline).digest('base64')}'`)
    assert.include(policy, "default-src 'none'; img-src https://ads.example https://cdn.example;")
    assert.match(policy, /^sandbox allow-scripts/)
    assert.notInclude(policy, 'allow-same-origin')
    assert.include(html, '<noscript><img src="https://ads.example/t/i/T"')
    assert.include(html, 'data-viewable="https://ads.example/t/v/T"')
  })

  test('foreign markup gets a policy that it can live with, and the same sandbox', async ({ assert }) => {
    const scripts = await buildTagScripts()
    const { policy } = tagDocument(
      ad('<iframe sandbox="allow-scripts" srcdoc="x"></iframe>'),
      scripts,
      SETTINGS
    )
    assert.match(
      policy,
      /^sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src https:/
    )
  })

  test('without an ad there is nothing to count', async ({ assert }) => {
    const scripts = await buildTagScripts()
    const fallback = { width: 1, height: 1, markup: '<iframe srcdoc="y"></iframe>' }
    for (const decision of [
      { placementId: 'p', ad: null },
      { placementId: 'p', ad: null, fallback },
    ]) {
      const { html } = tagDocument(decision, scripts, SETTINGS)
      assert.notMatch(html, /script|\/t\/i/)
    }
    assert.include(UNKNOWN_PLACEMENT.html, '<!-- Placard: there is no placement')
  })
})

test.group('tag query', () => {
  test('reads size, keywords and consent', ({ assert }) => {
    const query =
      'w=300&h=250&kw=News,%20sport,,news&gdpr=1&gdpr_consent=CP&gpp=DB&gpp_sid=2,6&us_privacy=1YNN&cb=1'
    assert.deepEqual(readTagQuery(query), {
      sizes: [{ width: 300, height: 250 }],
      keywords: ['news', 'sport'],
      consent: { gdpr: true, tcf: 'CP', gpp: 'DB', gppSid: [2, 6], usPrivacy: '1YNN' },
    })
  })

  test('leaves out what it cannot read: {query}')
    .with([
      { query: '' },
      { query: 'w=300' },
      { query: 'w=300&h=0' },
      { query: 'w=abc&h=250' },
      { query: 'w=1e9&h=250' },
      { query: 'w=300&h=%00' },
      { query: 'gdpr=${GDPR}&gpp_sid=x&kw=,,' },
      { query: `kw=${'x'.repeat(101)}` },
      { query: '%E0%A4%A=1&&&==' },
    ])
    .run(({ assert }, { query }) => {
      const { sizes, keywords, consent } = readTagQuery(query)
      assert.isNull(sizes)
      assert.deepEqual(keywords, [])
      assert.isTrue(Object.values(consent).every((value) => value === undefined))
    })

  test('a flood of keywords is cut to fifty', ({ assert }) => {
    const many = [...Array(5000).keys()].map((index) => `k${index}`).join(',')
    assert.lengthOf(readTagQuery(`kw=${many}`).keywords, 50)
  })
})

test.group('request signals', () => {
  test('a prefetch is known by {name}: {value} -> {expected}')
    .with([
      { name: 'sec-purpose', value: 'prefetch', expected: true },
      { name: 'sec-purpose', value: 'prefetch;prerender', expected: true },
      { name: 'purpose', value: 'prefetch', expected: true },
      { name: 'x-moz', value: 'prefetch', expected: true },
      { name: 'sec-purpose', value: 'navigate', expected: false },
      { name: 'accept', value: 'prefetch', expected: false },
    ])
    .run(({ assert }, { name, value, expected }) => {
      assert.equal(isPrefetch(request({ [name]: value })), expected)
    })

  test('reads Sec-GPC and the bearer', ({ assert }) => {
    assert.isTrue(globalPrivacyControl(request({ 'sec-gpc': '1' })))
    assert.isFalse(globalPrivacyControl(request({ 'sec-gpc': '0' })))
    assert.equal(bearerOf(request({ authorization: 'Bearer abc' })), 'abc')
    assert.equal(bearerOf(request({ authorization: 'bearer  abc' })), 'abc')
    for (const authorization of ['Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(5000)}`]) {
      assert.isNull(bearerOf(request({ authorization })))
    }
  })
})
