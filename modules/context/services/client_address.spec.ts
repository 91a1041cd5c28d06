import { test } from '@japa/runner'
import fc from 'fast-check'
import { addressText, ClientAddress } from '#modules/context/services/client_address'

const PROXIES = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '2001:db8:aaaa::/48']
const of = (remote: string, header?: string, proxies = PROXIES) =>
  addressText(new ClientAddress(proxies).of(remote, header))

test.group('client address', () => {
  test('from {remote} with "{header}" it is {client}')
    .with([
      { remote: '203.0.113.9', header: undefined, client: '203.0.113.9' },
      { remote: '203.0.113.9', header: '8.8.8.8', client: '203.0.113.9' },
      { remote: '127.0.0.1', header: undefined, client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '8.8.8.8', client: '8.8.8.8' },
      { remote: '::ffff:127.0.0.1', header: '8.8.8.8', client: '8.8.8.8' },
      { remote: '::1', header: '2001:DB8::9', client: '2001:db8::9' },
      { remote: '127.0.0.1', header: '1.1.1.1, 8.8.8.8', client: '8.8.8.8' },
      { remote: '127.0.0.1', header: '1.1.1.1,8.8.8.8,10.0.0.3', client: '8.8.8.8' },
      {
        remote: '127.0.0.1',
        header: '1.1.1.1, 8.8.8.8, ::ffff:10.0.0.3, 2001:db8:aaaa::7',
        client: '8.8.8.8',
      },
      { remote: '127.0.0.1', header: '10.0.0.1, 10.0.0.2', client: '10.0.0.1' },
      { remote: '127.0.0.1', header: '8.8.8.8:443', client: '8.8.8.8' },
      { remote: '127.0.0.1', header: '[2001:db8::9]:443', client: '2001:db8::9' },
      { remote: '127.0.0.1', header: '"[2001:db8::9]"', client: '2001:db8::9' },
      { remote: '127.0.0.1', header: 'fe80::9%eth0', client: 'fe80::9' },
      { remote: '127.0.0.1', header: '8.8.8.8, unknown', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '8.8.8.8, ', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '8.8.8.8, unknown, 10.0.0.3', client: '10.0.0.3' },
      { remote: '127.0.0.1', header: '<script>, 8.8.8.8', client: '8.8.8.8' },
      { remote: '127.0.0.1', header: '8.8.8.8:99999999', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '[8.8.8.8]', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: '[2001:db8::9', client: '127.0.0.1' },
      { remote: '127.0.0.1', header: ',', client: '127.0.0.1' },
      { remote: '', header: '8.8.8.8', client: '' },
    ])
    .run(({ assert }, { remote, header, client }) => assert.equal(of(remote, header), client))

  test('only the right end of a long header is read', ({ assert }) => {
    const start = performance.now()
    assert.equal(of('127.0.0.1', `${'1.1.1.1, '.repeat(100_000)}8.8.8.8`), '8.8.8.8')
    assert.equal(of('127.0.0.1', `8.8.8.8, ${'10.0.0.1, '.repeat(100_000)}10.0.0.2`), '10.0.0.1')
    assert.equal(of('127.0.0.1', '9'.repeat(1_000_000)), '127.0.0.1')
    assert.isBelow(performance.now() - start, 100)
  })

  test('without trusted proxies the header is never read', ({ assert }) => {
    assert.equal(of('127.0.0.1', '8.8.8.8', []), '127.0.0.1')
  })

  test('whatever a client writes to the left changes nothing', ({ assert }) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (forged) => {
        assert.equal(of('127.0.0.1', `${forged},203.0.113.9, 10.0.0.3`), '203.0.113.9')
      })
    )
  })

  test('a proxy that is no network stops the start by name', ({ assert }) => {
    assert.throws(
      () => new ClientAddress(['10.0.0.0/8', 'loadbalancer']),
      /^TRUSTED_PROXIES: "loadbalancer" is not a network/
    )
  })
})
