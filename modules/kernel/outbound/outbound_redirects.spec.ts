import { test } from '@japa/runner'
import { redirectTarget } from '#modules/kernel/outbound/request_rules'
import { failure, open, partner } from '#tests/support/outbound_partner'

test.group('OutboundClient, redirects', () => {
  test('are followed to the cap, and checked anew each time', async ({ assert, cleanup }) => {
    const { origin } = await partner(cleanup, (request, response) => {
      const left = Number(new URL(request.url!, 'http://x').searchParams.get('left'))
      if (left > 0) response.writeHead(302, { location: `/?left=${left - 1}` }).end()
      else response.end('done')
    })
    const done = await open().fetch({ url: `${origin}/?left=3` })
    assert.isTrue(done.ok && done.value.body.toString() === 'done' && done.value.url === `${origin}/?left=0`)
    assert.equal((await failure(open(), { url: `${origin}/?left=4` })).type, 'too_many_redirects')
    const kept = await open().fetch({ url: `${origin}/?left=1`, redirects: 0 })
    assert.isTrue(kept.ok && kept.value.status === 302)
  })

  test('to {$i} are refused')
    .with([
      'http://10.0.0.1/',
      'http://[::1]/',
      'file:///etc/passwd',
      'http://u:p@example.com/',
      'http://169.254.169.254/',
      'http://[bad/',
      'http://example.com:6379/',
    ])
    .run(async ({ assert, cleanup }, location) => {
      const { origin } = await partner(cleanup, (_request, response) =>
        response.writeHead(307, { location }).end()
      )
      assert.equal((await failure(open(), { url: origin })).type, 'refused')
    })

  test('303 and a redirected POST become GET without a body; 307 and 308 keep both', async ({
    assert,
    cleanup,
  }) => {
    const { origin, seen } = await partner(cleanup, (request, response) => {
      const status = Number(request.url!.slice(1))
      if (status) response.writeHead(status, { location: '/' })
      response.end()
    })
    for (const [status, method, body] of [
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, 'POST', 'b'],
      [308, 'POST', 'b'],
    ] as const) {
      seen.length = 0
      await open().fetch({
        url: `${origin}/${status}`,
        method: 'POST',
        body: 'b',
        headers: { 'content-type': 'text/plain', 'x-keep': '1' },
      })
      assert.deepInclude(seen[1]!, { method, body }, String(status))
      assert.equal(seen[1]!.headers['content-type'], body ? 'text/plain' : undefined)
      assert.equal(seen[1]!.headers['x-keep'], '1')
    }
  })

  test('to another origin lose credentials', async ({ assert, cleanup }) => {
    const other = await partner(cleanup, (_request, response) => response.end())
    const first = await partner(cleanup, (request, response) =>
      response.writeHead(302, { location: request.url === '/away' ? other.origin : '/same' }).end()
    )
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=b' }
    await open().fetch({ url: `${first.origin}/away`, headers })
    await open().fetch({ url: `${first.origin}/start`, headers, redirects: 1 })
    assert.isUndefined(other.seen[0]!.headers.authorization)
    assert.isUndefined(other.seen[0]!.headers.cookie)
    assert.equal(first.seen[2]!.headers.authorization, 'Bearer secret')
  })

  test('from https to http are refused', ({ assert }) => {
    const from = new URL('https://a.example/x')
    assert.isFalse(redirectTarget(from, 'http://a.example/x').ok)
    assert.isTrue(redirectTarget(from, '//b.example/y').ok)
    assert.isTrue(redirectTarget(new URL('http://a.example/'), 'https://a.example/').ok)
  })

  test('proxies of the environment are not heeded', async ({ assert, cleanup }) => {
    const proxy = await partner(cleanup, (_request, response) => response.end('proxy'))
    const { origin } = await partner(cleanup, (_request, response) => response.end('direct'))
    process.env.HTTP_PROXY = process.env.http_proxy = proxy.origin
    cleanup(() => {
      delete process.env.HTTP_PROXY
      delete process.env.http_proxy
    })
    const outcome = await open().fetch({ url: origin })
    assert.isTrue(outcome.ok && outcome.value.body.toString() === 'direct')
    assert.lengthOf(proxy.seen, 0)
  })
})
