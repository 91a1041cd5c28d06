import { test } from '@japa/runner'
import type { Geo, GeoLookup } from '#modules/context/contract'

const FIELDS = ['country', 'region', 'city', 'timeZone', 'asn']
const OPTIONAL_FIELDS = ['latitude', 'longitude', 'connectionType']
const NOWHERE: Geo = { country: null, region: null, city: null, timeZone: null, asn: null }

/** Texts that are no address. */
export const MALFORMED_ADDRESSES: readonly string[] = [
  '',
  ' ',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '010.0.0.1',
  '1.2.3.4:80',
  '[::1]',
  ':::',
  '1::2::3',
  '12345::',
  '::ffff:1.2.3',
  '1.2.3.4, 5.6.7.8',
  '81.2.69.160 ',
  '81.2.69.160\n',
  '2001:db8::/32',
  '__proto__',
  '\u0000',
  '٨.٨.٨.٨',
  'a'.repeat(100_000),
  ':'.repeat(100_000),
  '1.'.repeat(50_000),
]

/**
 * What every plugin of the kind `geo` promises. `make` is called once a test; `known` is an IPv4 address that its
 * database places in a country.
 */
export function geoLookupContract(
  name: string,
  make: () => GeoLookup,
  known: { address: string; country: string }
): void {
  test.group(`geo look-up ${name}`, () => {
    test('answers with exactly the fields of the contract', ({ assert }) => {
      const geo = make().lookup(known.address)
      assert.includeMembers(Object.keys(geo), FIELDS)
      assert.includeMembers([...FIELDS, ...OPTIONAL_FIELDS], Object.keys(geo))
      assert.equal(geo.country, known.country)
    })

    test('an IPv4-mapped IPv6 address is the IPv4 address', ({ assert }) => {
      const lookup = make()
      const [a, b, c, d] = known.address.split('.').map(Number) as [number, number, number, number]
      const hex = `::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      for (const form of [`::ffff:${known.address}`, hex, hex.toUpperCase()]) {
        assert.deepEqual(lookup.lookup(form), lookup.lookup(known.address))
      }
    })

    test('knows nothing outside of the dimensions it names', ({ assert }) => {
      const lookup = make()
      const geo = lookup.lookup(known.address)
      for (const field of FIELDS as (keyof Geo)[]) {
        if (!lookup.dimensions.has(field)) assert.isNull(geo[field])
      }
    })

    test('a malformed, private or reserved address is unknown, never an error', ({ assert }) => {
      const lookup = make()
      for (const address of [
        ...MALFORMED_ADDRESSES,
        '192.168.0.1',
        '127.0.0.1',
        '::1',
        '2001:db8::1',
        'fe80::1%eth0',
      ]) {
        assert.deepEqual({ ...lookup.lookup(address) }, NOWHERE, JSON.stringify(address.slice(0, 40)))
        assert.deepEqual(lookup.listsOf(address), [])
      }
    })

    test('an answer cannot be changed by the one who got it', ({ assert }) => {
      const lookup = make()
      assert.isTrue(Object.isFrozen(lookup.lookup(known.address)))
      assert.isTrue(Object.isFrozen(lookup.lookup('nonsense')))
    })

    test('takes less than a millisecond an address', ({ assert }) => {
      const lookup = make()
      const start = performance.now()
      for (let each = 0; each < 5_000; each++) {
        lookup.lookup(`${1 + (each % 223)}.${each & 255}.${(each * 7) & 255}.1`)
      }
      assert.isBelow((performance.now() - start) / 5_000, 1)
    })
  })
}
