import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'

/** What the suite asks of a running edge: where it is, and a placement that an image ad fills. */
export type EdgeUnderTest = {
  readonly url: string
  readonly placementId: string
  readonly landingUrl: string
}
type Ad = { markup: string; urls: Record<'impression' | 'viewable' | 'measurable' | 'click', string> }

export const BROWSER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const UNKNOWN = '0199aaaa-0000-7000-8000-000000000000'
const MIB = 1024 * 1024

/** The promises of delivery and tracking over HTTP: behind AdonisJS and on every kind of edge port alike. */
export function edgeAnswers(name: string, open: () => Promise<EdgeUnderTest>): void {
  const call = async (path: string, init: RequestInit = {}) => {
    const { url } = await open()
    const headers = { 'user-agent': BROWSER_AGENT, ...(init.headers as Record<string, string>) }
    return fetch(new URL(path, url), { redirect: 'manual', ...init, headers })
  }
  const decide = (body: unknown, headers: Record<string, string> = {}) =>
    call('/v1/decisions', {
      method: 'POST',
      body: typeof body === 'string' || Buffer.isBuffer(body) ? (body as string) : JSON.stringify(body),
      headers,
    })
  const adOf = async (): Promise<Ad> => {
    const { placementId } = await open()
    return (await (await decide({ placements: [{ id: placementId }] })).json()).decisions[0].ad
  }
  /** Trackers are absolute; the suite calls them where the edge under test is. */
  const pathOf = (url: string) => new URL(url).pathname

  test.group(`${name}: decisions`, () => {
    test('answer in the order asked, open to every origin, for no cache', async ({ assert }) => {
      const { placementId } = await open()
      const answer = await decide({ placements: [{ id: placementId, count: 2 }, { id: placementId }] })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.isNull(answer.headers.get('access-control-allow-credentials'))
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.isNull(answer.headers.get('set-cookie'))
      const body = await answer.json()
      assert.lengthOf(body.decisions, 3)
      assert.isTrue(body.decisions.every((one: { placementId: string }) => one.placementId === placementId))
      assert.properties(body.decisions[0].ad, [
        'lineItemId',
        'creativeId',
        'width',
        'height',
        'mediaType',
        'markup',
        'urls',
      ])
      assert.isUndefined(body.explain)
    })

    test('take JSON under any content type, and gzip', async ({ assert }) => {
      const { placementId } = await open()
      const body = JSON.stringify({ placements: [{ id: placementId }] })
      assert.equal((await decide(body, { 'content-type': 'text/plain;charset=UTF-8' })).status, 200)
      const packed = gzipSync(body) as unknown as string
      assert.equal((await decide(packed, { 'content-encoding': 'gzip' })).status, 200)
    })

    test('answer a preflight', async ({ assert }) => {
      const answer = await call('/v1/decisions', { method: 'OPTIONS' })
      assert.equal(answer.status, 204)
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.include(answer.headers.get('access-control-allow-methods')!, 'POST')
      assert.include(answer.headers.get('access-control-allow-headers')!, 'content-type')
    })

    test('refuse {what} with {status} {code}')
      .with([
        { what: 'an empty body', body: '', status: 400, code: 'E_MALFORMED_BODY' },
        { what: 'half a body', body: '{"placements":[', status: 400, code: 'E_MALFORMED_BODY' },
        { what: 'no placements', body: '{}', status: 422, code: 'E_VALIDATION', field: 'placements' },
        {
          what: 'a wrong type',
          body: '{"placements":[{"id":1}]}',
          status: 422,
          code: 'E_VALIDATION',
          field: 'placements[0].id',
        },
        {
          what: 'an unknown placement',
          body: `{"placements":[{"id":"${UNKNOWN}"}]}`,
          status: 404,
          code: 'E_PLACEMENT_UNKNOWN',
          field: 'placements[0].id',
        },
        { what: '64 KiB and a byte', body: ' '.repeat(65_537), status: 413, code: 'E_BODY_TOO_LARGE' },
        { what: 'two megabytes', body: ' '.repeat(2 * MIB), status: 413, code: 'E_BODY_TOO_LARGE' },
      ])
      .run(async ({ assert }, { body, status, code, field }) => {
        const answer = await decide(body)
        assert.equal(answer.status, status)
        assert.equal(answer.headers.get('content-type'), 'application/problem+json')
        assert.equal(answer.headers.get('access-control-allow-origin'), '*')
        assert.containsSubset(await answer.json(), { status, code, ...(field ? { field } : {}) })
      })

    test('refuse a gzip bomb, damaged gzip and other encodings', async ({ assert }) => {
      const bomb = gzipSync(Buffer.alloc(20 * MIB)) as unknown as string
      assert.equal((await decide(bomb, { 'content-encoding': 'gzip' })).status, 413)
      assert.equal((await decide('{}', { 'content-encoding': 'gzip' })).status, 400)
      assert.equal((await decide('{}', { 'content-encoding': 'br' })).status, 415)
    })

    test('refuse other methods with what is allowed', async ({ assert }) => {
      const answer = await call('/v1/decisions')
      assert.equal(answer.status, 405)
      assert.include(answer.headers.get('allow')!, 'POST')
    })
  })

  test.group(`${name}: tag`, () => {
    test('is a document with a policy and no cache', async ({ assert }) => {
      const { placementId } = await open()
      const answer = await call(`/v1/tag/${placementId}?w=300&h=250&kw=a,b&cb=1&gdpr=0`)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.match(answer.headers.get('content-security-policy')!, /^sandbox allow-scripts/)
      assert.isNull(answer.headers.get('set-cookie'))
      assert.isNull(answer.headers.get('x-frame-options'))
      assert.match(
        await answer.text(),
        /^<!doctype html>[^]*<a href="[^"]+\/t\/c\/[^"]+" target="_blank" rel="noopener/
      )
    })

    test('of an unknown placement is a small document with 404', async ({ assert }) => {
      for (const id of [UNKNOWN, 'x', '%3Cscript%3E', '..%2F..']) {
        const answer = await call(`/v1/tag/${id}`)
        assert.equal(answer.status, 404, id)
        const html = await answer.text()
        assert.include(html, '<!--')
        assert.notInclude(html, '<script')
      }
    })

    test('is refused to a prefetch', async ({ assert }) => {
      const { placementId } = await open()
      const answer = await call(`/v1/tag/${placementId}`, { headers: { 'sec-purpose': 'prefetch' } })
      assert.equal(answer.status, 503)
      assert.equal(await answer.text(), '')
    })
  })

  test.group(`${name}: trackers`, () => {
    test('impression, viewable and measurable are a pixel, for HEAD too', async ({ assert }) => {
      const { urls } = await adOf()
      for (const url of [urls.impression, urls.viewable, urls.measurable]) {
        const answer = await call(pathOf(url))
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.get('content-type'), 'image/gif')
        assert.equal(answer.headers.get('cache-control'), 'no-store')
        const pixel = Buffer.from(await answer.arrayBuffer())
        assert.lengthOf(pixel, 43)
        assert.equal(pixel.subarray(0, 6).toString('latin1'), 'GIF89a')
        const head = await call(pathOf(url), { method: 'HEAD' })
        assert.equal(head.status, 200)
        assert.equal(head.headers.get('content-length'), '43')
      }
    })

    test('a click goes to the stored landing page, whatever the query says', async ({ assert }) => {
      const { landingUrl } = await open()
      const { urls } = await adOf()
      const answer = await call(`${pathOf(urls.click)}?url=https://evil.example/&dest=//evil.example`)
      assert.equal(answer.status, 302)
      assert.equal(answer.headers.get('location'), landingUrl)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    })

    test('a token that is {what} leads nowhere')
      .with([
        { what: 'noise', change: () => 'AAAA' },
        { what: 'truncated', change: (token: string) => token.slice(0, -8) },
        { what: 'longer', change: (token: string) => `${token}AAAA` },
        { what: 'changed at its start', change: (token: string) => `B${token.slice(1)}` },
        { what: 'changed in its middle', change: (token: string) => flipped(token, token.length >> 1) },
        { what: 'changed at its end', change: (token: string) => flipped(token, token.length - 2) },
        { what: 'very long', change: () => 'A'.repeat(5000) },
        { what: 'not base64url', change: () => '%3Cscript%3E' },
        { what: 'a URL', change: () => encodeURIComponent('https://evil.example/') },
      ])
      .run(async ({ assert }, { change }) => {
        const token = pathOf((await adOf()).urls.click)
          .split('/')
          .at(-1)!
        for (const kind of ['i', 'v', 'c']) {
          const answer = await call(`/t/${kind}/${change(token)}`)
          assert.equal(answer.status, 400)
          assert.isNull(answer.headers.get('location'))
          assert.equal(answer.headers.get('cache-control'), 'no-store')
          assert.equal((await answer.json()).code, 'E_TOKEN_INVALID')
        }
      })

    test('a prefetch is refused', async ({ assert }) => {
      const { urls } = await adOf()
      for (const url of Object.values(urls).filter((value) => typeof value === 'string')) {
        const answer = await call(pathOf(url), { headers: { purpose: 'prefetch' } })
        assert.equal(answer.status, 503)
        assert.isNull(answer.headers.get('location'))
      }
    })
  })

  test.group(`${name}: operations`, () => {
    test('is alive, ready, and tells its numbers without ids', async ({ assert }) => {
      const { placementId } = await open()
      assert.deepEqual(await (await call('/health/live')).json(), { status: 'live' })
      const ready = await call('/health/ready')
      assert.equal(ready.status, 200)
      assert.containsSubset(await ready.json(), { parts: { matching: 'ok', database: 'ok', log: 'ok' } })
      const numbers = await call('/metrics')
      assert.match(numbers.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/)
      const text = await numbers.text()
      assert.match(text, /^placard_decisions_total\{entrance="decisions",outcome="ok"\} [1-9]/m)
      assert.match(text, /^placard_trackers_total\{kind="impression",outcome="ok"\} [1-9]/m)
      assert.notInclude(text, placementId)
    })
  })

  test.group(`${name}: placard.js`, () => {
    test('is a script that may be kept and is revalidated', async ({ assert }) => {
      const answer = await call('/placard.js')
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'text/javascript; charset=utf-8')
      assert.match(answer.headers.get('cache-control')!, /public, max-age=\d+/)
      const again = await call('/placard.js', { headers: { 'if-none-match': answer.headers.get('etag')! } })
      assert.equal(again.status, 304)
    })
  })
}

function flipped(token: string, at: number): string {
  return token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1)
}
