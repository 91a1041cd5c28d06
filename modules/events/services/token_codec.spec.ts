import { randomBytes } from 'node:crypto'
import { test } from '@japa/runner'
import fc from 'fast-check'
import type { TokenClaims } from '#modules/events/contract'
import { KeyRing } from '#modules/events/services/key_ring'
import { BinaryTokenCodec, TOKEN_CHARS } from '#modules/events/services/token_codec'
import { anyClaims, idAt } from '#tests/support/events_arbitraries'

const [sample] = fc.sample(anyClaims, { numRuns: 1, seed: 7 }) as [TokenClaims]

function world() {
  const ring = new KeyRing()
  ring.replace([{ id: 1, signsFrom: 0, secret: randomBytes(32) }])
  return { ring, codec: new BinaryTokenCodec(ring) }
}

test.group('token codec', () => {
  test('what was written is read, in one length and at most 400 characters', ({ assert }) => {
    const { codec } = world()
    assert.isAtMost(TOKEN_CHARS, 400)
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const token = codec.write(claims)
        assert.lengthOf(token, TOKEN_CHARS)
        assert.match(token, /^[A-Za-z0-9_-]+$/)
        assert.deepEqual(codec.read(token, claims.expiresAt - 1), { ok: true, claims })
      })
    )
  })

  test('any one flipped bit is refused', ({ assert }) => {
    const { codec } = world()
    const bytes = Buffer.from(codec.write(sample), 'base64url')
    const failures = new Set<string>()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const reading = codec.read(changed.toString('base64url'), sample.expiresAt - 1)
      assert.isFalse(reading.ok, `bit ${bit}`)
      if (!reading.ok) failures.add(reading.failure)
    }
    assert.sameMembers([...failures], ['malformed', 'unknown_key', 'forged'])
  })

  test('a token has exactly one spelling', ({ assert }) => {
    const { codec } = world()
    const token = codec.write(sample)
    // prettier-ignore
    const others = [
      token + '=', token + '\n', ' ' + token, token + 'A', token.slice(0, -1), token.slice(1), token + token,
      token.slice(0, 50) + '\u0100' + token.slice(51), token.slice(0, 50) + '+' + token.slice(51),
      token.slice(0, 50) + '%' + token.slice(51), encodeURIComponent(token + ' '), '',
    ]
    for (const other of others) {
      assert.deepEqual(codec.read(other, sample.expiresAt - 1), { ok: false, failure: 'malformed' })
    }
  })

  test('standard base64 of the same bytes is refused', ({ assert }) => {
    const { codec } = world()
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const token = codec.write(claims)
        const standard = Buffer.from(token, 'base64url').toString('base64')
        assert.equal(codec.read(standard, claims.expiresAt - 1).ok, standard === token)
      })
    )
  })

  test('any text is an acceptable argument and none is accepted', ({ assert }) => {
    const { codec } = world()
    const tokenLike = fc
      .uint8Array({ minLength: 141, maxLength: 141 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), tokenLike), (text) => {
        assert.isFalse(codec.read(text, 0).ok)
      }),
      { numRuns: 500 }
    )
    for (const value of [undefined, null, 7, {}, []]) {
      assert.deepEqual(codec.read(value as unknown as string, 0), { ok: false, failure: 'malformed' })
    }
  })

  test('{case} is told as {expected}')
    .with([
      { case: 'one millisecond before expiry', after: -1, key: 1, expected: 'ok' },
      { case: 'the moment of expiry', after: 0, key: 1, expected: 'expired' },
      { case: 'an expired token of a key that is gone', after: 1, key: 2, expected: 'unknown_key' },
      { case: 'another installation with the same key id', after: -1, key: -1, expected: 'forged' },
    ])
    .run(({ assert }, row) => {
      const { codec, ring } = world()
      const token = codec.write(sample)
      if (row.key !== 1) ring.replace([{ id: Math.abs(row.key), signsFrom: 0, secret: randomBytes(32) }])
      const reading = codec.read(token, sample.expiresAt + row.after)
      assert.equal(reading.ok ? 'ok' : reading.failure, row.expected)
    })

  test('a key signs only from its time on, and reads before it', ({ assert }) => {
    const secret = randomBytes(32)
    const next = { id: 2, signsFrom: 2_000_000_000_000, secret: randomBytes(32) }
    const ring = new KeyRing()
    ring.replace([{ id: 1, signsFrom: 0, secret }, next])
    const codec = new BinaryTokenCodec(ring)
    const keyOf = (token: string) => Buffer.from(token, 'base64url').readUInt32BE(1)
    const before = codec.write({ ...sample, id: idAt(next.signsFrom - 1) })
    const after = codec.write({ ...sample, id: idAt(next.signsFrom) })
    assert.deepEqual([keyOf(before), keyOf(after)], [1, 2])
    assert.isTrue(codec.read(before, 0).ok)
    assert.isTrue(codec.read(after, 0).ok)
  })

  test('claims that do not fit are refused by name: {field}')
    .with([
      { field: 'price', change: { price: -1 } },
      { field: 'price', change: { price: 1.5 } },
      { field: 'currency', change: { currency: 'eur' } },
      { field: 'country', change: { country: 'D€' } },
      { field: 'purposes', change: { purposes: 65_536 } },
      { field: 'device', change: { device: 256 } },
      { field: 'charge', change: { charge: 9 } },
      { field: 'subjectRef', change: { subjectRef: Buffer.alloc(15) } },
      { field: 'placementId', change: { placementId: 'x' } },
      { field: 'id', change: { id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' } },
      { field: 'expiresAt', change: { expiresAt: Number.NaN } },
    ])
    .run(({ assert }, row) => {
      const { codec } = world()
      const claims = { ...sample, ...row.change } as TokenClaims
      assert.throws(() => codec.write(claims), new RegExp(`^${row.field} `))
    })

  test('an empty ring says so', ({ assert }) => {
    assert.throws(() => new BinaryTokenCodec(new KeyRing()).write(sample), /E_KEY_RING_EMPTY/)
  })
})
