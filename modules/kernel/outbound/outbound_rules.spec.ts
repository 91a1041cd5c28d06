import { test } from '@japa/runner'
import { OutboundClient } from '#modules/kernel/outbound/outbound_client'
import { failure, open, partner } from '#tests/support/outbound_partner'

test.group('OutboundClient, rules', () => {
  const refusedUrls = [
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:1',
    'not a url',
    '',
    'http://',
    'http://user:secret@example.com/',
    'http://user@example.com/',
    'http://example.com:22/',
    'https://example.com:80/',
    'http://example.com:443/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://[fe80::1%25eth0]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:7f00:1::]/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    `http://example.com/${'a'.repeat(9000)}`,
  ]
  test('{$i} is refused before anything is sent')
    .with(refusedUrls)
    .run(async ({ assert }, url) => {
      assert.equal((await failure(new OutboundClient({ resolve: async () => [] }), { url })).type, 'refused')
    })

  test('a name whose answer holds one private address is refused, whatever else it holds')
    .with([
      ['10.1.2.3'],
      ['8.8.8.8', '127.0.0.1'],
      ['::1'],
      ['2606:4700::1', '::ffff:10.0.0.1'],
      ['fe80::1%eth0'],
    ])
    .run(async ({ assert }, addresses) => {
      const resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      assert.equal(
        (await failure(new OutboundClient({ resolve }), { url: 'https://partner.example/' })).type,
        'refused'
      )
    })

  test('a name without an address and a failing name server are unresolved', async ({ assert }) => {
    const empty = new OutboundClient({ resolve: async () => [] })
    const failing = new OutboundClient({ resolve: () => Promise.reject(new Error('SERVFAIL')) })
    assert.equal((await failure(empty, { url: 'https://partner.example/' })).type, 'unresolved')
    assert.equal((await failure(failing, { url: 'https://partner.example/' })).type, 'unresolved')
  })

  test('the name is looked up once and the connection goes to that address', async ({ assert, cleanup }) => {
    const { port, seen } = await partner(cleanup, (_request, response) => response.end('here'))
    let asked = 0
    const resolve = async () => {
      asked += 1
      return [{ address: asked === 1 ? '127.0.0.1' : '10.255.255.1', family: 4 }]
    }
    const outcome = await open({ resolve }).fetch({ url: `http://partner.example:${port}/x?y=1` })
    assert.isTrue(outcome.ok && outcome.value.body.toString() === 'here')
    assert.equal(asked, 1)
    assert.equal(seen[0]!.headers.host, `partner.example:${port}`)
    assert.equal(seen[0]!.path, '/x?y=1')
  })

  test('the allow list names hosts exactly: another port or host is still refused', async ({
    assert,
    cleanup,
  }) => {
    const { port, origin } = await partner(cleanup, (_request, response) => response.end())
    assert.isTrue((await new OutboundClient({ allowHosts: [`127.0.0.1:${port}`] }).fetch({ url: origin })).ok)
    assert.equal(
      (await failure(new OutboundClient({ allowHosts: ['127.0.0.1:1'] }), { url: origin })).type,
      'refused'
    )
    assert.equal(
      (await failure(new OutboundClient({ allowHosts: ['27.0.0.1'] }), { url: origin })).type,
      'refused'
    )
  })

  test('headers that the client sets itself, and headers that HTTP forbids, are refused', async ({
    assert,
  }) => {
    for (const headers of [
      { Host: 'a' },
      { 'Content-Length': '3' },
      { 'Transfer-Encoding': 'chunked' },
      { 'x y': '1' },
      { x: 'a\r\nb: c' },
    ]) {
      assert.equal(
        (await failure(open(), { url: 'http://127.0.0.1/', headers: headers as never })).type,
        'refused'
      )
    }
    assert.equal((await failure(open(), { url: 'http://127.0.0.1/', method: 'CONNECT' })).type, 'refused')
    assert.equal(
      (await failure(open(), { url: 'http://127.0.0.1/', method: 'GET / HTTP/1.1' })).type,
      'refused'
    )
  })
})
