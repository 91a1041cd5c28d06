import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { CHARGE, FACT_KIND, FactClassifier, TOKEN_LIFETIME_MS } from '#modules/events/contract'
import type { Fact, FilterReason } from '#modules/events/contract'
import { idAt } from '#tests/support/events_arbitraries'
import { settlementWorld } from '#tests/support/settlements'

const now = () => Date.now() as EpochMs
const ago = (ms: number) => (Date.now() - ms) as EpochMs
const HOUR_MS = 3_600_000

/** A verdict by token id; the error `id` names is thrown. */
class Verdicts extends FactClassifier {
  constructor(private readonly verdicts: ReadonlyMap<string, FilterReason | Error>) {
    super()
  }
  classify(fact: Fact): FilterReason | null {
    const verdict = this.verdicts.get(fact.id) ?? null
    if (verdict instanceof Error) throw verdict
    return verdict
  }
}

test.group('settlement', () => {
  test('every field of a fact arrives, in the order of the log', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const request = world.fact({
      kind: FACT_KIND.request,
      lineItemId: null,
      creativeId: null,
      charge: CHARGE.none,
      price: 0,
      country: null,
      device: null,
      filter: 'bot',
    })
    const click = world.fact({
      kind: FACT_KIND.click,
      price: Number.MAX_SAFE_INTEGER,
      subjectRef: Buffer.alloc(16, 7),
      device: 255,
    })
    const facts = [request, world.fact(), click]
    for (const fact of facts) await log.append(fact)
    assert.equal(await world.settlement().run(), 3)
    const settled = await world.settled()
    assert.deepEqual(
      settled.map(({ seq, issuedAt, count, ...fact }) => fact),
      facts.map(({ purposes, ...fact }) => fact)
    )
    assert.deepEqual(
      settled.map((fact) => fact.issuedAt),
      facts.map((fact) => fact.receivedAt - 1_000)
    )
    assert.isTrue(
      settled.every((fact, index) => fact.count === 1 && fact.seq > (settled[index - 1]?.seq ?? 0n))
    )
    assert.deepEqual(await world.settled(1), settled)
  })

  test('repeats in a batch and across batches are counted as duplicates', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const settlement = world.settlement()
    const [once, thrice, later] = [world.fact(), world.fact(), world.fact()]
    for (const fact of [once, thrice, thrice, thrice, later]) await log.append(fact)
    await settlement.run()
    for (const fact of [later, later, thrice]) await log.append(fact)
    await log.append({ ...once, kind: FACT_KIND.click })
    await settlement.run()
    const rows = (await world.settled()).map(({ id, kind, filter, count }) => ({ id, kind, filter, count }))
    const impressions = { kind: FACT_KIND.impression }
    assert.sameDeepMembers(rows, [
      { id: once.id, ...impressions, filter: null, count: 1 },
      { id: thrice.id, ...impressions, filter: null, count: 1 },
      { id: later.id, ...impressions, filter: null, count: 1 },
      { id: thrice.id, ...impressions, filter: 'duplicate', count: 2 },
      { id: later.id, ...impressions, filter: 'duplicate', count: 2 },
      { id: thrice.id, ...impressions, filter: 'duplicate', count: 1 },
      { id: once.id, kind: FACT_KIND.click, filter: null, count: 1 },
    ])
  })

  test('the same identity with another payload changes nothing: the first stands', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const fact = world.fact()
    await log.append(fact)
    await log.append({ ...fact, price: 9, country: 'US' })
    await world.settlement().run()
    await log.append({ ...fact, price: 10 })
    await world.settlement().run()
    const counted = (await world.settled()).filter((settled) => settled.filter === null)
    assert.deepEqual(
      counted.map(({ price, country }) => [price, country]),
      [[fact.price, fact.country]]
    )
  })

  test('a fact received too long after its issue is late; a verdict of the classifier comes first', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const issued = ago(30 * HOUR_MS)
    const at = (delay: number) => world.fact({ id: idAt(issued), receivedAt: (issued + delay) as EpochMs })
    const inTime = at(TOKEN_LIFETIME_MS)
    const late = at(TOKEN_LIFETIME_MS + HOUR_MS)
    const robot = at(TOKEN_LIFETIME_MS + HOUR_MS)
    for (const fact of [inTime, late, robot]) await log.append(fact)
    await world.settlement({ classifier: new Verdicts(new Map([[robot.id, 'bot']])) }).run()
    const filters = (await world.settled()).map(({ filter }) => filter)
    assert.deepEqual(filters, [null, 'late', 'bot'])
  })

  test('a fact on which the classifier trips is put aside whole, the others are settled', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const facts = [world.fact(), world.fact(), world.fact()]
    for (const fact of facts) await log.append(fact)
    const classifier = new Verdicts(new Map([[facts[1]!.id, new Error('planted')]]))
    await world.settlement({ classifier }).run()
    assert.deepEqual(
      (await world.settled()).map(({ id }) => id),
      [facts[0]!.id, facts[2]!.id]
    )
    const letters = await world.letters()
    assert.deepEqual(
      letters.map(({ reason, log_id }) => [reason, log_id]),
      [['classifier_failed', log.id]]
    )
    assert.lengthOf(letters[0]!.payload, 124)
  })

  test('{reason}: a fact whose times cannot be gets no partition')
    .with([
      { reason: 'id_not_time_ordered', change: () => ({ id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' }) },
      { reason: 'issued_out_of_range', change: () => ({ id: idAt(Date.now() + 48 * HOUR_MS) }) },
      { reason: 'issued_out_of_range', change: () => ({ id: idAt(ago(8 * 24 * HOUR_MS)) }) },
      { reason: 'received_out_of_range', change: () => ({ receivedAt: ago(91 * 24 * HOUR_MS) }) },
    ])
    .run(async ({ assert, test: self }, { reason, change }) => {
      const world = await settlementWorld(self)
      const log = world.log()
      await log.append({ ...world.fact(), ...change() } as Fact)
      const good = world.fact()
      await log.append(good)
      await world.settlement().run()
      assert.deepEqual(
        (await world.settled()).map(({ id }) => id),
        [good.id]
      )
      assert.deepEqual(
        (await world.letters()).map((letter) => letter.reason),
        [reason]
      )
    })

  test('days before and after midnight, and small batches, lose nothing', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000
    const facts = [-3, -2, -1, 0, 1, 2].map((ms) =>
      world.fact({ id: idAt(midnight + ms), receivedAt: now() })
    )
    for (const fact of [...facts, ...facts]) await log.append(fact)
    assert.equal(await world.settlement({ factsPerBatch: 2 }).run(), 12)
    const settled = await world.settled(2)
    assert.deepEqual(
      settled.filter(({ filter }) => filter === null).map(({ issuedAt }) => issuedAt - midnight),
      [-3, -2, -1, 0, 1, 2]
    )
    assert.equal(
      settled.reduce((sum, fact) => sum + fact.count, 0),
      12
    )
  })

  test('segments that are settled go, a closed log goes wholly, its position too', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log({ segmentBytes: 500 })
    const settlement = world.settlement()
    for (let index = 0; index < 10; index++) await log.append(world.fact())
    await settlement.run()
    const left = (await readdir(join(world.dir, log.id))).filter((name) => name.endsWith('.seg'))
    assert.lengthOf(left, 1)
    await log.append(world.fact())
    await log.close()
    assert.equal(await settlement.run(), 1)
    assert.deepEqual(await readdir(world.dir), [])
    const next = world.log()
    await next.append(world.fact())
    await settlement.run()
    const rows = await world.tenancy.system((trx) =>
      trx.from('events_log_positions').whereIn('log_id', [log.id, next.id]).select('log_id', 'facts')
    )
    assert.deepEqual(rows, [{ log_id: next.id, facts: '1' }])
    assert.lengthOf(await world.settled(), 12)
  })

  test('nothing to read is nothing done', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    assert.equal(await world.settlement().run(), 0)
    assert.equal(await world.settlement({ logDir: join(world.dir, 'absent') }).run(), 0)
    assert.deepEqual(await world.reader.after(2n ** 62n, 10), [])
  })

  test('the oldest unsettled fact says how far behind the settlement is', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const settlement = world.settlement()
    assert.equal(await settlement.lagSeconds(), 0)
    await log.append(world.fact({ receivedAt: ago(60_000) }))
    await log.append(world.fact({ id: newId() }))
    assert.approximately(await settlement.lagSeconds(), 60, 5)
    await settlement.run()
    assert.equal(await settlement.lagSeconds(), 0)
  })
})
