import { test } from '@japa/runner'
import { refusalOf } from '#modules/kernel/outbound/address_rules'

const REFUSED: Record<string, string> = {
  '0.0.0.0': 'unspecified',
  '0.1.2.3': 'unspecified',
  '10.0.0.1': 'private',
  '100.64.0.1': 'carrierGradeNat',
  '100.100.100.200': 'carrierGradeNat',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '169.254.169.254': 'linkLocal',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.0.0.192': 'reserved',
  '192.0.2.1': 'reserved',
  '192.88.99.1': 'reserved',
  '192.168.1.1': 'private',
  '198.18.0.1': 'reserved',
  '198.51.100.7': 'reserved',
  '203.0.113.9': 'reserved',
  '224.0.0.1': 'multicast',
  '239.255.255.255': 'multicast',
  '240.0.0.1': 'reserved',
  '255.255.255.255': 'broadcast',
  '168.63.129.16': 'provider',
  '::': 'unspecified',
  '::1': 'loopback',
  '::7f00:1': 'reserved',
  '::8.8.8.8': 'ipv4Mapped',
  'fe80::1': 'linkLocal',
  'fe80::1%eth0': 'zone_id',
  '2a00:1450::1%1': 'zone_id',
  'fec0::1': 'deprecatedSiteLocal',
  'fc00::1': 'uniqueLocal',
  'fd00:ec2::254': 'uniqueLocal',
  'ff02::1': 'multicast',
  '::ffff:127.0.0.1': 'ipv4Mapped',
  '::ffff:8.8.8.8': 'ipv4Mapped',
  '::ffff:0:10.0.0.1': 'rfc6145',
  '64:ff9b::7f00:1': 'loopback',
  '64:ff9b::10.0.0.1': 'private',
  '64:ff9b::a9fe:a9fe': 'linkLocal',
  '64:ff9b:1::8.8.8.8': 'rfc6052',
  '2002:7f00:1::': '6to4',
  '2002:808:808::1': '6to4',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2': 'teredo',
  '2001:db8::1': 'reserved',
  '3fff::1': 'reserved',
  '100::1': 'discard',
  '5f00::1': 'segmentRouting',
  '4000::1': 'reserved',
  '2001:2::1': 'benchmarking',
  '2001:10::1': 'deprecatedOrchid',
  '': 'not_an_address',
  localhost: 'not_an_address',
  '0x7f000001': 'not_an_address',
  '2130706433': 'not_an_address',
  '0177.0.0.1': 'not_an_address',
  '127.1': 'not_an_address',
  '1.2.3.4.5': 'not_an_address',
  '999.1.1.1': 'not_an_address',
}
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '126.255.255.255',
  '128.0.0.1',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '64:ff9b::808:808',
]

test.group('refusalOf', () => {
  test('{address} is refused as {reason}')
    .with(Object.entries(REFUSED).map(([address, reason]) => ({ address, reason })))
    .run(({ assert }, { address, reason }) => {
      assert.equal(refusalOf(address), reason)
    })

  test('{address} is public')
    .with(PUBLIC.map((address) => ({ address })))
    .run(({ assert }, { address }) => {
      assert.isNull(refusalOf(address))
    })
})
