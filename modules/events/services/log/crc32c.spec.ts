import { test } from '@japa/runner'
import fc from 'fast-check'
import { crc32c } from '#modules/events/services/log/crc32c'

const ascending = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
const scsiRead = Buffer.from(
  '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' + '0200000000000000',
  'hex'
)

/** One bit at a time, as the polynomial is written down: the oracle. */
function slow(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test.group('crc32c', () => {
  test('{name} has the checksum of RFC 3720')
    .with([
      { name: '32 zeros', bytes: Buffer.alloc(32), expected: 0x8a9136aa },
      { name: '32 ones', bytes: Buffer.alloc(32, 0xff), expected: 0x62a8ab43 },
      { name: 'ascending bytes', bytes: ascending, expected: 0x46dd794e },
      { name: 'descending bytes', bytes: Buffer.from(ascending).reverse(), expected: 0x113fdb5c },
      { name: 'an iSCSI read command', bytes: scsiRead, expected: 0xd9963a56 },
      { name: 'the digits 1 to 9', bytes: Buffer.from('123456789'), expected: 0xe3069283 },
      { name: 'nothing', bytes: Buffer.alloc(0), expected: 0 },
    ])
    .run(({ assert }, { bytes, expected }) => {
      assert.equal(crc32c(bytes), expected)
    })

  test('eight bytes a step give what one bit a step gives, at every alignment', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(9), (bytes, start) => {
        return (
          crc32c(bytes, Math.min(start, bytes.length)) === slow(bytes.subarray(Math.min(start, bytes.length)))
        )
      })
    )
  })
})
