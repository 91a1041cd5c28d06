import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { DeliveryWorld } from '#tests/support/delivery_world'
import { faultOf, origin, send, type Answer, type Sent } from '#tests/support/hostile'

const PERSON =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const LANDING = 'https://shop.example/landing'

async function live() {
  const world = await DeliveryWorld.create()
  const id = await world.placement({ sizes: [[300, 250]] })
  await world.line([300, 250], { landingUrl: LANDING })
  await world.live(id)
  return { world, id }
}

const decide = (sent: Sent) => send('POST', '/v1/decisions', { headers: { 'user-agent': PERSON }, ...sent })

async function tokenOf(id: string): Promise<string> {
  const { json } = await decide({ body: JSON.stringify({ placements: [{ id }] }) })
  const [{ ad }] = json.decisions as [{ ad: { urls: { impression: string } } }]
  return ad.urls.impression.split('/').at(-1)!
}

/** Sends bytes over a plain connection; all that comes back until the server closes or is silent for a while. */
function raw(text: string): Promise<string> {
  const SILENT_MS = 400
  return new Promise((resolve, reject) => {
    let seen = ''
    const socket = connect(Number(process.env.PORT), process.env.HOST, () => socket.write(text))
    socket.setTimeout(SILENT_MS, () => socket.destroy())
    socket.on('data', (data) => (seen += data.toString('latin1')))
    socket.on('close', () => resolve(seen))
    socket.on('error', reject)
  })
}

test.group('hostile input of delivery', () => {
  test('a decision request that is wrong names what is wrong', async ({ assert }) => {
    const { world, id } = await live()
    const one = { placements: [{ id }] }
    const slot = (more: object) => ({ placements: [{ id, ...more }] })
    const fields: [unknown, number, string][] = [
      [null, 422, 'body'],
      [[], 422, 'body'],
      [{}, 422, 'placements'],
      [{ placements: {} }, 422, 'placements'],
      [{ placements: [] }, 422, 'placements'],
      [{ placements: Array(21).fill({ id }) }, 422, 'placements'],
      [{ placements: [{ id }, null] }, 422, 'placements[1]'],
      [{ placements: [{ id: 5 }] }, 422, 'placements[0].id'],
      [{ placements: [{ id }, { id }, { id: newId() }] }, 404, 'placements[2].id'],
      [{ placements: [{ id: '__proto__' }] }, 404, 'placements[0].id'],
      [slot({ count: 0 }), 422, 'placements[0].count'],
      [slot({ count: '2' }), 422, 'placements[0].count'],
      [slot({ sizes: [[300, 250, 1]] }), 422, 'placements[0].sizes[0]'],
      [slot({ sizes: ['300x'] }), 422, 'placements[0].sizes[0]'],
      [{ ...one, url: 5 }, 422, 'url'],
      [{ ...one, keywords: 'x' }, 422, 'keywords'],
      [{ ...one, properties: { a: { b: 1 } } }, 422, 'properties.a'],
      [{ ...one, properties: [] }, 422, 'properties'],
      [{ ...one, consent: 'yes' }, 422, 'consent'],
      [{ ...one, consent: { gdpr: 'yes' } }, 422, 'consent.gdpr'],
      [{ ...one, consent: { gppSid: ['7'] } }, 422, 'consent.gppSid[0]'],
      [{ ...one, consent: { gdpr: false }, user: { id: 5 } }, 422, 'user.id'],
      [{ ...one, explain: 'yes' }, 422, 'explain'],
      [{ ...one, ip: 5 }, 422, 'ip'],
    ]
    for (const [body, status, field] of fields) {
      const answer = await decide({ body: JSON.stringify(body) })
      assert.isNull(faultOf(answer, [status]), JSON.stringify(body).slice(0, 80))
      assert.equal(answer.json.field, field)
    }
    const open = '{"placements":'
    const bodies: [Sent, number][] = [
      [{ body: '{"placements":[' }, 400],
      [{ body: 'nonsense' }, 400],
      [{ body: open + '['.repeat(5000) + ']'.repeat(5000) + '}' }, 422],
      [{ body: `{"x":"${'y'.repeat(2_000_000)}"}` }, 413],
      [
        { body: new Uint8Array(gzipSync('0'.repeat(20_000_000))), headers: { 'content-encoding': 'gzip' } },
        413,
      ],
      [{ body: 'junk', headers: { 'content-encoding': 'gzip' } }, 400],
      [{ body: '{}', headers: { 'content-encoding': 'br' } }, 415],
    ]
    for (const [sent, status] of bodies) assert.isNull(faultOf(await decide(sent), [status]), String(status))
    assert.lengthOf(await world.facts({}), 0)
  })

  test('odd values that mean nothing are borne', async ({ assert }) => {
    const { id } = await live()
    const proto = `{"placements":[{"id":"${id}"}],"properties":{"__proto__":"x","constructor":["y"]},"__proto__":{"explain":true}}`
    const deep = `{"placements":[{"id":"${id}"}],"other":${'['.repeat(5000)}${']'.repeat(5000)}}`
    const words = {
      placements: [{ id }],
      keywords: ['\0', '\ud800', '<script>', ' '],
      url: 'javascript:alert(1)',
    }
    const headers: Record<string, string>[] = [
      { 'accept-language': 'x'.repeat(6000) },
      { 'accept-language': 'de;q=foo,,;;' },
      { 'user-agent': '(' + '; '.repeat(3000) },
      { 'user-agent': 'Mozilla/5.0 '.repeat(500) },
      { 'x-forwarded-for': '1,'.repeat(2000) },
      { 'x-forwarded-for': '::ffff:1.2.3.4, [::1]:80, "unknown"' },
      { 'sec-ch-ua': '"'.repeat(3000) },
      { authorization: `Bearer ${'x'.repeat(6000)}` },
      { cookie: 'x'.repeat(6000) },
      { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    ]
    const sents: Sent[] = [{ body: proto }, { body: deep }, { body: JSON.stringify(words) }]
    for (const header of headers) {
      sents.push({ body: JSON.stringify({ placements: [{ id }] }), headers: header })
    }
    for (const sent of sents) {
      const startedMs = performance.now()
      const answer = await decide(sent)
      const what = JSON.stringify(sent).slice(0, 100)
      assert.equal(answer.status, 200, what)
      assert.isBelow(performance.now() - startedMs, 1000, what)
      assert.notInclude(answer.text, 'evil.example')
      assert.isNull(answer.headers.get('set-cookie'))
      assert.isUndefined(answer.json.explain)
    }
  })

  test('a tag bears any query and shows nothing of it', async ({ assert }) => {
    const { id } = await live()
    const queries = [
      'w=-1&h=x',
      'w=1e9&h=1',
      'kw[]=x',
      '%=%&&==',
      'cb=%0d%0aSet-Cookie:x=y',
      '__proto__=1',
      'gdpr=2&gpp_sid=a',
    ]
    queries.push(`url=${encodeURIComponent('"><script>alert(1)</script>')}`, `kw=${'a,'.repeat(3000)}`)
    for (const query of queries) {
      const answer = await send('GET', `/v1/tag/${id}?${query}`, { headers: { 'user-agent': PERSON } })
      assert.equal(answer.status, 200, query)
      assert.notInclude(answer.text, 'alert(1)')
      assert.isNull(answer.headers.get('set-cookie'))
    }
    for (const unknown of [newId(), 'x', '%00', '..%2fx', `${id}%20`, 'a'.repeat(4000), '%3Cscript%3E']) {
      const answer = await send('GET', `/v1/tag/${unknown}`)
      assert.equal(answer.status, 404, unknown)
      assert.notInclude(answer.text, unknown.slice(0, 30))
    }
    assert.isNull(faultOf(await send('GET', '/v1/tag/%FF'), [400]))
    assert.isNull(faultOf(await send('POST', `/v1/tag/${id}`, { body: '{}' }), [405]))
  })

  test('a token that is not whole and ours counts nothing and leads nowhere', async ({ assert }) => {
    const { world, id } = await live()
    const token = await tokenOf(id)
    const middle = token.length >> 1
    const flipped = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1)
    const last = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .filter((letter) => letter !== token.at(-1))
      .map((letter) => token.slice(0, -1) + letter)
    const forged = [
      flipped,
      token.slice(0, -1),
      token.slice(0, middle),
      token[0]!,
      `${token}A`,
      `${token}=`,
      `${token}.`,
    ]
    forged.push(
      ...last,
      `${token}%20`,
      `${token}%00`,
      `${token}%0d%0aSet-Cookie:x=y`,
      `%20${token}`,
      token.toLowerCase()
    )
    forged.push('A'.repeat(token.length), 'A'.repeat(10_000), newId(), '..%2f..%2fetc', '%E2%80%AE')
    for (const kind of ['i', 'v', 'c']) {
      for (const one of forged) {
        const answer = await send('GET', `/t/${kind}/${one}?url=https://evil.example`)
        assert.isNull(faultOf(answer, [400]), one.slice(0, 60))
        assert.equal(answer.headers.get('cache-control'), 'no-store')
        assert.isNull(answer.headers.get('location'))
      }
      assert.isNull(faultOf(await send('GET', `/t/${kind}/%FF`), [400]))
      assert.isNull(faultOf(await send('POST', `/t/${kind}/${token}`, { body: '{}' }), [405]))
    }
    const encoded = [...token].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
    const click = await send('GET', `/t/c/${encoded}?url=https://evil.example`, {
      headers: { host: 'evil.example' },
    })
    assert.deepEqual([click.status, click.headers.get('location')], [302, LANDING])
    const counted = (await world.facts({ request: 1, click: 1 })).length
    assert.equal(counted, 2)
  })

  test('paths of assets lead to assets only', async ({ assert }) => {
    const hash = 'a'.repeat(64)
    const tricks = [
      '..%2f..%2f..%2fdemo.json',
      '%2e%2e/x.png',
      'x.png%00',
      '..\\..\\x',
      '%252e%252e%252f',
      `${'a'.repeat(4000)}.png`,
    ]
    const paths = [
      ...tricks.map((trick) => `/c/${hash}/${trick}`),
      '/c/..%2f..%2fetc/passwd',
      '/c/creatives/demo.json',
      '/c//x',
    ]
    paths.push('/..%2fpackage.json', '/.env', '/package.json', '/.git/config', '/demo.json')
    for (const path of paths) assert.equal((await send('GET', path)).status, 404, path)
    assert.equal((await send('GET', `/c/${hash}/%C0%AE%C0%AE`)).status, 400)
  })

  test('strange HTTP is answered or refused, never failed', async ({ assert }) => {
    const { id } = await live()
    const body = JSON.stringify({ placements: [{ id }] })
    const post = (head: string, rest = body) =>
      `POST /v1/decisions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}\r\n\r\n${rest}`
    const length = `Content-Length: ${body.length}`
    const cases: [string, RegExp][] = [
      [
        `GET http://evil.example/v1/tag/${id} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
        /^HTTP\/1\.1 200 /,
      ],
      [
        'GET http://evil.example/login?to=/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
        /^HTTP\/1\.1 200 /,
      ],
      ['GET /health/live HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
      ['GET /health/live HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, /^HTTP\/1\.1 431 /],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      [post(`Expect: 100-continue\r\n${length}`), /^HTTP\/1\.1 100 [^]*HTTP\/1\.1 200 /],
      [post('Expect: something\r\nContent-Length: 2', '{}'), /^HTTP\/1\.1 417 /],
      [
        post('Transfer-Encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
        /^HTTP\/1\.1 200 /,
      ],
      [post('Transfer-Encoding: chunked', `fffff\r\n${'x'.repeat(70_000)}`), /^HTTP\/1\.1 413 /],
      [post('Transfer-Encoding: strange'), /^HTTP\/1\.1 400 /],
      [post('Content-Length: 2\r\nContent-Length: 3', '{}'), /^HTTP\/1\.1 400 /],
      [post('Content-Length: 2\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), /^HTTP\/1\.1 400 /],
      [post('Content-Length: -1', ''), /^HTTP\/1\.1 400 /],
      [post(`X: a\0b\r\n${length}`), /^HTTP\/1\.1 400 /],
      [
        'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10),
        /^(?:HTTP\/1\.1 200 [^]*?\{"status":"live"\}){10}$/,
      ],
    ]
    for (const [text, expected] of cases) assert.match(await raw(text), expected, text.slice(0, 120))
    assert.equal((await fetch(`${origin()}/health/live`)).status, 200)
    const options: Answer = await send('OPTIONS', '/v1/decisions', {
      headers: { origin: 'https://page.example' },
    })
    assert.deepEqual([options.status, options.headers.get('access-control-allow-origin')], [204, '*'])
  })
})
