import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import type { ServingSnapshot } from '#modules/campaigns/contract'
import { compileIndex } from '#modules/matching/compile/compile_index'
import { clearBit } from '#modules/matching/hot/bits'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { EMPTY_STATE, naiveDecide } from '#tests/support/naive_evaluator'
import { creative, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'
import { randomInput, randomSnapshot } from '#tests/support/snapshots'

const REQUESTS = 300

function small(seed: number, lineItems = 60): ServingSnapshot {
  return randomSnapshot(new SeededRandom(seed), { lineItems, targeted: 0.2, placements: 4 })
}

test.group('an engine that changes while it lives', () => {
  test('a held line item is as if it were not there, and a released one as if nothing had been', ({
    assert,
  }) => {
    const snapshot = small(1)
    const engine = new CompiledEngine(snapshot)
    const random = new SeededRandom(2)
    const held = new Set(snapshot.lineItems.filter(() => random.uint32() % 3 === 0).map(({ id }) => id))
    const without = { ...snapshot, lineItems: snapshot.lineItems.filter(({ id }) => !held.has(id)) }
    for (const open of [false, true]) {
      for (const id of held) engine.setOpen(engine.numberOf(id), open)
      for (let at = 0; at < REQUESTS; at++) {
        const input = randomInput(random, snapshot)
        const { winner } = naiveDecide(open ? snapshot : without, EMPTY_STATE, input)
        assert.equal(engine.decide(input)?.lineItem.id, winner?.lineItemId)
        if (!open) for (const id of held) assert.equal(engine.explain(input).get(id), 'paused')
      }
    }
  })

  test('holding a number that stands for nothing changes nothing', ({ assert }) => {
    const engine = new CompiledEngine(small(3))
    assert.equal(engine.numberOf('nobody'), -1)
    for (const number of [-1, 1e9, 0.5, Number.NaN]) assert.doesNotThrow(() => engine.setOpen(number, false))
  })

  test('a build in steps gives the engine that a build at once gives', async ({ assert }) => {
    const snapshot = small(4, 500)
    const [stepped, whole] = [await CompiledEngine.build(snapshot), new CompiledEngine(snapshot)]
    const random = new SeededRandom(5)
    for (let at = 0; at < REQUESTS; at++) {
      const input = randomInput(random, snapshot)
      assert.deepEqual(stepped.decide(input), whole.decide(input))
    }
  })

  test('a single bit that is wrong in the index is noticed', ({ assert }) => {
    const snapshot = small(6)
    const index = compileIndex(snapshot)
    const random = new SeededRandom(7)
    const inputs = Array.from({ length: REQUESTS }, () => randomInput(random, snapshot))
    const winner = inputs.map((input) => naiveDecide(snapshot, EMPTY_STATE, input).winner?.lineItemId)
    const victim = winner.find((id) => id !== undefined)!
    const number = index.numberOf.get(victim)!
    for (const { row } of index.placements.values()) {
      if (row >= 0) clearBit(index.bits.subarray(row * index.words), number)
    }
    const broken = new CompiledEngine(snapshot, index)
    assert.isTrue(inputs.some((input, at) => broken.decide(input)?.lineItem.id !== winner[at]))
  })
})

test.group('a snapshot that breaks its contract', () => {
  const place = placement()
  const banner = creative()
  const dayparts = [{ days: [1], fromHour: 0, toHour: 1 }]
  const twice = lineItem([banner])
  test('is refused with a message that names the field: {field}')
    .with([
      {
        field: 'tier',
        lines: [lineItem([banner], { tier: 'gold' as never })],
        message: /\.tier is "gold", expected sponsorship, standard/,
      },
      { field: 'id', lines: [twice, twice], message: /\.id is ".*", expected an id that occurs once/ },
      {
        field: 'timeZone',
        lines: [lineItem([banner], { timeZone: 'Mars/Base', targeting: { dayparts } })],
        message: /\.timeZone is "Mars\/Base"/,
      },
    ])
    .run(({ assert }, { lines, message }) => {
      assert.throws(() => new CompiledEngine(snapshotOf([place], [banner], lines)), message)
    })

  test('of another format is refused', async ({ assert }) => {
    const other = { ...snapshotOf([], [], []), format: 2 as never }
    await assert.rejects(() => CompiledEngine.build(other), 'format is 2, expected 1')
  })
})
