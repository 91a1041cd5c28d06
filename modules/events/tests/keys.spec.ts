import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { newId } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { FrozenClock } from '#modules/kernel/time'
import { CONVERSION_WINDOW_MS, TokenCodec } from '#modules/events/contract'
import { KeyRing } from '#modules/events/services/key_ring'
import { KEY_SPREAD_MS, KeyStore } from '#modules/events/services/key_store'
import { BinaryTokenCodec } from '#modules/events/services/token_codec'
import { anyClaims, idAt } from '#tests/support/events_arbitraries'
import fc from 'fast-check'

const HOUR_MS = 3_600_000
const APP_KEY = 'a key for tests that is long enough'
const [claims] = fc.sample(anyClaims, { numRuns: 1, seed: 11 }) as [Parameters<TokenCodec['write']>[0]]

/** An empty `events_keys`; what was in it comes back after the test. */
async function emptyKeys(self: TestContext['test']) {
  const tenancy = await app.container.make(Tenancy)
  const kept = await tenancy.system(async (trx) => {
    const rows = (await trx.from('events_keys')) as Record<string, unknown>[]
    await trx.from('events_keys').delete()
    return rows
  })
  self.cleanup(() =>
    tenancy.system(async (trx) => {
      await trx.from('events_keys').delete()
      if (kept.length > 0) await trx.table('events_keys').multiInsert(kept)
    })
  )
  const clock = new FrozenClock(Date.now())
  const store = (appKey = APP_KEY) => new KeyStore(tenancy, clock, appKey)
  const ids = async () => {
    const rows = (await tenancy.system((trx) => trx.from('events_keys').select('id').orderBy('id'))) as {
      id: number
    }[]
    return rows.map(({ id }) => id)
  }
  return { tenancy, clock, store, ids }
}

async function codecOf(store: KeyStore): Promise<BinaryTokenCodec> {
  const ring = new KeyRing()
  await store.load(ring)
  return new BinaryTokenCodec(ring)
}

test.group('token keys', () => {
  test('ten processes that start at once make one key between them', async ({ assert, test: self }) => {
    const { store, ids } = await emptyKeys(self)
    const codecs = await Promise.all(Array.from({ length: 10 }, () => codecOf(store())))
    assert.deepEqual(await ids(), [1])
    const token = codecs[0]!.write(claims)
    assert.isTrue(codecs.every((codec) => codec.read(token, claims.expiresAt - 1).ok))
  })

  test('a rotation overlaps: new keys are read at once, sign ten minutes later, old ones outlive their tokens', async ({
    assert,
    test: self,
  }) => {
    const { store, clock, ids } = await emptyKeys(self)
    const start = clock.now()
    await codecOf(store())
    const rotation = await store().rotate()
    assert.deepEqual(rotation, { added: 2, signsFrom: start + KEY_SPREAD_MS, removed: [] })
    const codec = await codecOf(store())
    const keyOf = (at: number) =>
      Buffer.from(codec.write({ ...claims, id: idAt(at) }), 'base64url').readUInt32BE(1)
    assert.deepEqual([keyOf(start + KEY_SPREAD_MS - 1), keyOf(start + KEY_SPREAD_MS)], [1, 2])
    const lastOfFirst = codec.write({ ...claims, id: idAt(start + KEY_SPREAD_MS - 1) })
    clock.advance(KEY_SPREAD_MS + CONVERSION_WINDOW_MS)
    assert.deepEqual((await store().rotate()).removed, [])
    assert.isTrue((await codecOf(store())).read(lastOfFirst, claims.expiresAt - 1).ok)
    clock.advance(2 * HOUR_MS)
    assert.deepEqual((await store().rotate()).removed, [1])
    assert.deepEqual(await ids(), [2, 3, 4])
    const reading = (await codecOf(store())).read(lastOfFirst, claims.expiresAt - 1)
    assert.deepEqual(reading, { ok: false, failure: 'unknown_key' })
  })

  test('rotations at once add a key each', async ({ assert, test: self }) => {
    const { store, ids } = await emptyKeys(self)
    await Promise.all(Array.from({ length: 4 }, () => store().rotate()))
    assert.deepEqual(await ids(), [1, 2, 3, 4])
  })

  test('keys are unreadable without the APP_KEY that sealed them, and say so', async ({
    assert,
    test: self,
  }) => {
    const { store, tenancy } = await emptyKeys(self)
    await codecOf(store())
    await assert.rejects(() => codecOf(store('another key')), /token key 1 cannot be opened: APP_KEY/)
    await store().rotate()
    // Sealed bytes moved under another id must not open either.
    await tenancy.system((trx) =>
      trx.rawQuery(
        'update events_keys set sealed = (select sealed from events_keys where id = 1) where id = 2'
      )
    )
    await assert.rejects(() => codecOf(store()), /token key 2 cannot be opened/)
  })

  test('a key that is not here yet is asked for, but not with every forged token', async ({ assert }) => {
    const ring = new KeyRing()
    let asked = 0
    ring.onMissing = () => void (asked += 1)
    for (let id = 1; id < 100; id++) assert.isNull(ring.verifying(id))
    assert.equal(asked, 1)
  })

  test('the codec of the application is loaded when it is made', async ({ assert }) => {
    const codec = await app.container.make(TokenCodec)
    const token = codec.write({ ...claims, id: newId() })
    assert.isTrue(codec.read(token, claims.expiresAt - 1).ok)
  })
})
