import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type { EdgeRoute } from '#modules/kernel/edge'
import { EdgeMount, originForm } from '#app/edge/mount'

const LIMIT = 1024
const echo = (method: EdgeRoute['method'], path: string): EdgeRoute => ({
  method,
  path,
  maxBodyBytes: LIMIT,
  handle(request, reply) {
    const { query, params, body } = request
    const seen = { method: request.method, query, params, body: body.toString(), from: request.remoteAddress }
    reply.send(200, { 'content-type': 'application/json' }, JSON.stringify(seen))
  },
})
const ROUTES: EdgeRoute[] = [
  echo('GET', '/x/:id'),
  echo('GET', '/x/:id/:part'),
  echo('POST', '/x'),
  echo('GET', '/exact'),
  { ...echo('GET', '/boom'), handle: () => Promise.reject(new Error('secret detail')) },
  { ...echo('GET', '/silent'), handle: () => undefined },
  { ...echo('GET', '/empty'), handle: (_request, reply) => reply.send(204, {}, '') },
]

async function mounted(cleanup: (close: () => void) => void) {
  const logged: string[] = []
  const mount = new EdgeMount(ROUTES, { error: (fields) => logged.push(JSON.stringify(fields.route)) })
  const server = createServer((request, response) => {
    if (!mount.take(request, response)) response.writeHead(418).end('not an edge route')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, logged }
}

test.group('edge mount', () => {
  test('decodes parameters, and keeps an encoded slash inside its segment', async ({ assert, cleanup }) => {
    const { url } = await mounted(cleanup)
    const body = await (await fetch(`${url}/x/a%2Fb%20%C3%A9?q=1&r=%20`)).json()
    assert.containsSubset(body, { method: 'GET', query: 'q=1&r=%20', params: { id: 'a/b é' } })
    assert.deepEqual((await (await fetch(`${url}/x/1/2`)).json()).params, { id: '1', part: '2' })
  })

  test('leaves other paths to the rest of the application', async ({ assert, cleanup }) => {
    const { url } = await mounted(cleanup)
    for (const path of ['/', '/y', '/x/', '/x/1/2/3', '/exact/']) {
      assert.equal((await fetch(url + path)).status, 418, path)
    }
  })

  test('a target with scheme and host is the path in it', ({ assert }) => {
    assert.equal(originForm('http://evil.example:80/x/1?q=http://a/'), '/x/1?q=http://a/')
    assert.equal(originForm('HTTPS://a.example'), '/')
    assert.equal(originForm('http://a.example?q=1'), '/?q=1')
    assert.equal(originForm('//login'), '//login')
    assert.equal(originForm('*'), '*')
  })

  test('answers HEAD like GET without a body, and a wrong method with what is allowed', async ({
    assert,
    cleanup,
  }) => {
    const { url } = await mounted(cleanup)
    const head = await fetch(`${url}/exact`, { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.isAbove(Number(head.headers.get('content-length')), 10)
    assert.equal(await head.text(), '')
    const wrong = await fetch(`${url}/exact`, { method: 'DELETE' })
    assert.equal(wrong.status, 405)
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD')
  })

  test('inflates gzip bodies and refuses what is damaged, unknown or too large', async ({
    assert,
    cleanup,
  }) => {
    const { url } = await mounted(cleanup)
    const post = (body: Buffer<ArrayBuffer> | string, encoding: string) =>
      fetch(`${url}/x`, { method: 'POST', body, headers: { 'content-encoding': encoding } })
    assert.equal((await (await post(gzipSync('hello'), 'gzip')).json()).body, 'hello')
    assert.equal((await post('hello', 'gzip')).status, 400)
    assert.equal((await post('hello', 'br')).status, 415)
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    assert.isBelow(bomb.length, 60_000)
    assert.equal((await post(bomb.subarray(0, LIMIT), 'gzip')).status, 413)
    assert.equal((await post(gzipSync(Buffer.alloc(LIMIT)), 'gzip')).status, 200)
    assert.equal((await post(gzipSync(Buffer.alloc(LIMIT + 1)), 'gzip')).status, 413)
  })

  test('a body of two megabytes gets its 413 and the connection goes on', async ({ assert, cleanup }) => {
    const { url } = await mounted(cleanup)
    const large = await fetch(`${url}/x`, { method: 'POST', body: Buffer.alloc(2_000_000, 32) })
    assert.equal(large.status, 413)
    assert.equal((await large.json()).code, 'E_BODY_TOO_LARGE')
    assert.equal((await fetch(`${url}/x`, { method: 'POST', body: 'x'.repeat(LIMIT) })).status, 200)
    assert.equal((await fetch(`${url}/x`, { method: 'POST', body: 'x'.repeat(LIMIT + 1) })).status, 413)
  })

  test('a declared length above the limit is refused before the body comes', async ({ assert, cleanup }) => {
    const { port } = await mounted(cleanup)
    const answer = await rawExchange(port, 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n')
    assert.match(answer, /^HTTP\/1\.1 413 /)
  })

  test('a stream without a length is cut at the limit', async ({ assert, cleanup }) => {
    const { port } = await mounted(cleanup)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/x' }, resolve)
      call.on('error', reject)
      for (let index = 0; index < 20; index++) call.write('x'.repeat(200))
      call.end()
    })
    assert.equal(answer.statusCode, 413)
  })

  test('a path that is not UTF-8 is a 400', async ({ assert, cleanup }) => {
    const { port } = await mounted(cleanup)
    const answer = await rawExchange(port, 'GET /x/%C0%80 HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.match(answer, /^HTTP\/1\.1 400 [^]*E_MALFORMED_PATH/)
  })

  test('a failing handler is logged and answered without its detail', async ({ assert, cleanup }) => {
    const { url, logged } = await mounted(cleanup)
    const failed = await fetch(`${url}/boom`)
    assert.equal(failed.status, 500)
    assert.notInclude(await failed.text(), 'secret')
    assert.equal((await fetch(`${url}/silent`)).status, 500)
    assert.deepEqual(logged, ['"GET /boom"', '"GET /silent"'])
  })

  test('204 has no body and no length', async ({ assert, cleanup }) => {
    const { url } = await mounted(cleanup)
    const empty = await fetch(`${url}/empty`)
    assert.equal(empty.status, 204)
    assert.isNull(empty.headers.get('content-length'))
  })
})

/** Sends bytes as they are and returns what has come back by the time that the answer is complete enough to read. */
function rawExchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString())
    })
    socket.once('error', reject)
  })
}
