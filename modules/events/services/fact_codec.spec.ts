import { test } from '@japa/runner'
import fc from 'fast-check'
import type { Fact } from '#modules/events/contract'
import { FACT_BYTES, StoredFact, faultOf, writeFact } from '#modules/events/services/fact_codec'
import { anyFact, impression } from '#tests/support/events_arbitraries'

function encode(fact: Fact): Buffer {
  const bytes = Buffer.alloc(FACT_BYTES, 0xaa)
  writeFact(bytes, 0, fact)
  return bytes
}

test.group('fact codec', () => {
  test('what was written is read, whatever lay in the buffer before', ({ assert }) => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const bytes = encode(fact)
        assert.isNull(faultOf(bytes))
        assert.deepEqual(new StoredFact(bytes).plain(), fact)
      })
    )
  })

  test('any bytes either have a stated fault or read as a fact', ({ assert }) => {
    const start = encode(impression())
    const damaged = fc.record({ at: fc.nat(FACT_BYTES - 1), byte: fc.nat(255) }).map(({ at, byte }) => {
      const bytes = Buffer.from(start)
      bytes[at] = byte
      return bytes
    })
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(damaged, noise), (bytes) => {
        if (faultOf(bytes) === null) encode(new StoredFact(bytes).plain())
      }),
      { numRuns: 1_000 }
    )
    assert.equal(faultOf(Buffer.alloc(0)), 'unknown_version')
  })

  test('{fault}: byte {at} = {byte}')
    .with([
      { fault: 'unknown_version', at: 0, byte: 2 },
      { fault: 'unknown_kind', at: 1, byte: 99 },
      { fault: 'unknown_charge', at: 3, byte: 99 },
      { fault: 'unknown_filter', at: 4, byte: 99 },
      { fault: 'bad_country', at: 6, byte: 0 },
      { fault: 'bad_currency', at: 10, byte: 0 },
      { fault: 'bad_price', at: 14, byte: 255 },
    ])
    .run(({ assert }, { fault, at, byte }) => {
      const bytes = encode(impression())
      bytes[at] = byte
      assert.equal(faultOf(bytes), fault)
    })

  test('a longer or shorter payload of a known version is refused', ({ assert }) => {
    const bytes = encode(impression())
    assert.equal(faultOf(bytes.subarray(1)), 'unknown_version')
    assert.equal(faultOf(bytes.subarray(0, -1)), 'wrong_length')
    assert.equal(faultOf(Buffer.concat([bytes, Buffer.alloc(1)])), 'wrong_length')
  })

  test('a fact that does not fit is refused by name: {field}')
    .with([
      { field: 'kind', change: { kind: 77 } },
      { field: 'filter', change: { filter: 'whim' } },
      { field: 'id', change: { id: 'ABCDEF00-0000-7000-8000-000000000000' } },
      { field: 'lineItemId', change: { lineItemId: '' } },
      { field: 'receivedAt', change: { receivedAt: -1 } },
      { field: 'currency', change: { currency: 'EURO' } },
    ])
    .run(({ assert }, { field, change }) => {
      assert.throws(() => encode({ ...impression(), ...change } as Fact), new RegExp(`^${field} `))
    })
})
