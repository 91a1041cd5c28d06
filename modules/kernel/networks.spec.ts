import { test } from '@japa/runner'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { formatIp, parseIp } from '#modules/kernel/ip_address'
import { Networks, NOT_PUBLIC } from '#modules/kernel/networks'

test.group('networks', () => {
  test('{address} in {list}: {inside}')
    .with([
      { list: ['10.0.0.0/8'], address: '10.255.255.255', inside: true },
      { list: ['10.0.0.0/8'], address: '11.0.0.0', inside: false },
      { list: ['10.1.2.3/12'], address: '10.15.0.1', inside: true },
      { list: ['10.1.2.3/12'], address: '10.16.0.1', inside: false },
      { list: ['192.0.2.1'], address: '192.0.2.1', inside: true },
      { list: ['192.0.2.1'], address: '192.0.2.2', inside: false },
      { list: ['0.0.0.0/0'], address: '203.0.113.9', inside: true },
      { list: ['0.0.0.0/0'], address: '2001:db8::1', inside: false },
      { list: ['2001:db8::/33'], address: '2001:db8:7fff::1', inside: true },
      { list: ['2001:db8::/33'], address: '2001:db8:8000::1', inside: false },
      { list: ['::ffff:10.0.0.0/104'], address: '10.9.9.9', inside: true },
      { list: ['10.0.0.0/8'], address: '::ffff:10.9.9.9', inside: true },
      { list: [], address: '10.9.9.9', inside: false },
    ])
    .run(({ assert }, { list, address, inside }) =>
      assert.equal(Networks.parse(list).has(parseIp(address)!), inside)
    )

  test('"{$self}" is refused by name')
    .with([
      '',
      '10/8',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '0x0a.0.0.0/8',
      'example.com',
      '::1/129',
      '10.0.0.0/8, 11.0.0.0/8',
    ])
    .run(({ assert }, entry) =>
      assert.throws(
        () => Networks.parse(['127.0.0.1', entry]),
        `"${entry}" is not a network such as 10.0.0.0/8 or 2001:db8::/32`
      )
    )

  test('agrees with ipaddr.js on any network and address', ({ assert }) => {
    const byte = fc.constantFrom(0, 1, 127, 128, 192, 254, 255)
    const bytes = fc.oneof(
      fc.array(byte, { minLength: 4, maxLength: 4 }),
      fc.array(byte, { minLength: 16, maxLength: 16 })
    )
    fc.assert(
      fc.property(bytes, bytes, fc.nat(128), (network, address, prefix) => {
        const length = Math.min(prefix, network.length * 8)
        const cidr = `${formatIp(Uint8Array.from(network))}/${length}`
        const expected =
          network.length === address.length &&
          ipaddr.fromByteArray(address).match(ipaddr.parseCIDR(cidr) as [ipaddr.IPv4, number])
        assert.equal(Networks.parse([cidr]).has(Uint8Array.from(address)), expected)
      })
    )
  })

  test('{address} is public: {isPublic}')
    .with([
      { address: '8.8.8.8', isPublic: true },
      { address: '223.255.255.255', isPublic: true },
      { address: '224.0.0.1', isPublic: false },
      { address: '192.168.1.1', isPublic: false },
      { address: '100.127.0.1', isPublic: false },
      { address: '2a00:1450::1', isPublic: true },
      { address: '2001:db8::1', isPublic: false },
      { address: 'fe80::1', isPublic: false },
      { address: '::1', isPublic: false },
    ])
    .run(({ assert }, { address, isPublic }) => assert.equal(!NOT_PUBLIC.has(parseIp(address)!), isPublic))
})
