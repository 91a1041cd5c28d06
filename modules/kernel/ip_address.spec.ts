import { test } from '@japa/runner'
import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { formatIp, networkOf, parseIp, truncatedIp } from '#modules/kernel/ip_address'

const text = (input: string) => {
  const bytes = parseIp(input)
  return bytes && formatIp(bytes)
}

test.group('internet addresses', () => {
  test('{input} is read as {expected}')
    .with([
      { input: '203.0.113.9', expected: '203.0.113.9' },
      { input: '2001:DB8:0:0:1:0:0:1', expected: '2001:db8::1:0:0:1' },
      { input: '2001:db8:0:1:1:1:1:1', expected: '2001:db8:0:1:1:1:1:1' },
      { input: '::', expected: '::' },
      { input: '::1', expected: '::1' },
      { input: 'fe80::1%eth0', expected: 'fe80::1' },
      { input: '::ffff:203.0.113.9', expected: '203.0.113.9' },
      { input: '::ffff:cb00:7109', expected: '203.0.113.9' },
      { input: '::203.0.113.9', expected: '::cb00:7109' },
      { input: '64:ff9b::192.0.2.33', expected: '64:ff9b::c000:221' },
      ...[
        '',
        ' ',
        '1.2.3',
        '1.2.3.4.5',
        '1.2.3.256',
        '01.2.3.4',
        '1.2.3.4 ',
        '1.2.3.4:80',
        '[::1]',
        '::1::',
        ':::',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        '1::2:3:4:5:6:7:8',
        'g::',
        '12345::',
        '::1.2.3',
        '1.2.3.4::',
        '::/0',
        'example.com',
        '%eth0',
        ':',
        '0x7f.1',
        `${'1:'.repeat(60)}`,
      ].map((input) => ({ input, expected: null })),
    ])
    .run(({ assert }, { input, expected }) => assert.equal(text(input), expected))

  test('accepts what the system accepts, without the loose forms', ({ assert }) => {
    const part = fc.constantFrom(
      '0',
      '1',
      'ff',
      '255',
      '256',
      '10',
      'abcd',
      '12345',
      ':',
      '::',
      '.',
      '',
      '01',
      'g',
      '%1'
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const input = parts.join('')
        const strict = isIPv4(input) || isIPv6(input)
        // a zone may be anything for the system; here it is a word
        if (!input.includes('%') || !strict) assert.equal(parseIp(input) !== null, strict, input)
      }),
      { numRuns: 3_000 }
    )
  })

  test('writes every IPv6 address as ipaddr.js does, and reads it again', ({ assert }) => {
    const group = fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff, 0x20)
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 0xff]))
        assert.equal(formatIp(bytes), new ipaddr.IPv6([...bytes]).toRFC5952String())
        const again = parseIp(formatIp(bytes))!
        if (again.length === 16) assert.deepEqual(again, bytes)
      })
    )
  })

  test('{address} is kept as {kept}')
    .with([
      { address: '203.0.113.195', kept: '203.0.113.0' },
      { address: '2001:db8:85a3:8d3:1319:8a2e:370:7348', kept: '2001:db8:85a3::' },
      { address: '::ffff:203.0.113.195', kept: '203.0.113.0' },
      { address: '::1', kept: '::' },
    ])
    .run(({ assert }, { address, kept }) => assert.equal(truncatedIp(parseIp(address)!), kept))

  test('a network keeps the bits of its prefix', ({ assert }) => {
    assert.equal(formatIp(networkOf(parseIp('255.255.255.255')!, 12)), '255.240.0.0')
    assert.equal(formatIp(networkOf(parseIp('255.255.255.255')!, 0)), '0.0.0.0')
    assert.equal(formatIp(networkOf(parseIp('255.255.255.255')!, 32)), '255.255.255.255')
  })
})
