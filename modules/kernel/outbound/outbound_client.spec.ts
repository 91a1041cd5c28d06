import { createServer as createRawServer } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { failure, listen, open, partner } from '#tests/support/outbound_partner'

test.group('OutboundClient, exchange', () => {
  test('sends method, headers and body, gives status, headers and body back', async ({ assert, cleanup }) => {
    const { origin, seen } = await partner(cleanup, (_request, response) => {
      response.writeHead(404, { 'x-answer': 'yes', 'set-cookie': 'a=b' }).end('gone')
    })
    const outcome = await open().fetch({
      url: `${origin}/bid`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"ü":1}',
    })
    assert.isTrue(outcome.ok)
    if (!outcome.ok) return
    assert.equal(outcome.value.status, 404)
    assert.equal(outcome.value.headers['x-answer'], 'yes')
    assert.isUndefined(outcome.value.headers['set-cookie'])
    assert.equal(outcome.value.body.toString(), 'gone')
    assert.deepInclude(seen[0]!, { method: 'POST', path: '/bid', body: '{"ü":1}' })
    assert.equal(seen[0]!.headers['content-type'], 'application/json')
  })

  test('inflates {coding}')
    .with([
      { coding: 'gzip', pack: gzipSync },
      { coding: 'deflate', pack: deflateSync },
      { coding: 'br', pack: brotliCompressSync },
    ])
    .run(async ({ assert, cleanup }, { coding, pack }) => {
      const { origin } = await partner(cleanup, (_request, response) => {
        response.setHeader('content-encoding', coding).end(pack(Buffer.from('hello '.repeat(100))))
      })
      const outcome = await open().fetch({ url: origin })
      assert.equal(outcome.ok && outcome.value.body.toString(), 'hello '.repeat(100))
    })

  test('stops at the body cap: announced, streamed, or hidden in a small gzip', async ({
    assert,
    cleanup,
  }) => {
    const { origin } = await partner(cleanup, (request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 5000)
      if (request.url === '/bomb') {
        response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(1_000_000)))
      } else for (let part = 0; part < 5; part++) response.write('x'.repeat(1000))
      response.end()
    })
    for (const path of ['/announced', '/streamed', '/bomb']) {
      assert.equal((await failure(open(), { url: origin + path, maxBytes: 4000 })).type, 'too_large', path)
    }
    assert.isTrue((await open().fetch({ url: `${origin}/streamed`, maxBytes: 5000 })).ok)
    assert.isTrue((await open().fetch({ url: `${origin}/announced`, method: 'HEAD', maxBytes: 10 })).ok)
  })

  test('the time-out covers a silent server, a dripping body and a slow name server', async ({
    assert,
    cleanup,
  }) => {
    const { origin } = await partner(cleanup, (request, response) => {
      if (request.url !== '/drip') return
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const slow = open({ resolve: () => new Promise(() => undefined) })
    for (const [client, url] of [
      [open(), `${origin}/silent`],
      [open(), `${origin}/drip`],
      [slow, 'http://partner.example/'],
    ] as const) {
      const started = Date.now()
      assert.equal((await failure(client, { url, timeoutMs: 150 })).type, 'timeout')
      assert.isBelow(Date.now() - started, 1000)
    }
  })

  test('what is not HTTP, is cut off or refuses is a network failure', async ({ assert, cleanup }) => {
    const answers = [
      'SSH-2.0-x\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc',
      'HTTP/1.1 200 OK\r\nContent-Encoding: zip\r\n\r\nabc',
    ]
    let port = 0
    for (const answer of answers) {
      const server = createRawServer((socket) => {
        socket.on('error', () => socket.destroy())
        socket.once('data', () => socket.end(answer))
      })
      port = await listen(server)
      cleanup(() => void server.close())
      assert.equal(
        (await failure(open(), { url: `http://127.0.0.1:${port}/`, timeoutMs: 2000 })).type,
        'network',
        answer.slice(0, 40)
      )
      await new Promise((resolve) => server.close(resolve))
    }
    assert.equal((await failure(open(), { url: `http://127.0.0.1:${port}/` })).type, 'network')
  })
})
