import { randomBytes } from 'node:crypto'
import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import { RefTable } from '#modules/audiences/services/ref_table'
import { Dice } from '#tests/support/dice'
import { recordFigure } from '#tests/support/figures'

test.group('RefTable', () => {
  test('says of every reference what a map of sets says, whoever joined and left', ({ assert }) => {
    const dice = new Dice(new SeededRandom(20261121))
    const refs = dice.times(3_000, () => {
      const ref = Buffer.alloc(16)
      // Few first words, so that references share slots.
      ref.writeUInt32LE(dice.below(400), 0)
      for (let at = 4; at < 16; at += 4) ref.writeUInt32LE(dice.below(3), at)
      return ref
    })
    const table = new RefTable()
    const truth = new Map<string, Set<string>>()
    for (let step = 0; step < 30_000; step++) {
      const ref = dice.pick(refs)
      const segment = `segment ${dice.below(12)}`
      const set = truth.get(ref.toString('hex')) ?? new Set<string>()
      truth.set(ref.toString('hex'), set)
      const joins = dice.chance(0.6)
      if (joins) set.add(segment)
      else set.delete(segment)
      table.put(ref, segment, joins)
    }
    for (const ref of refs) {
      assert.sameMembers([...table.of(ref)], [...(truth.get(ref.toString('hex')) ?? [])])
    }
  })

  test('a stranger is in nothing, and leaving what nobody joined takes no room', ({ assert }) => {
    const table = new RefTable()
    table.put(randomBytes(16), 'a', false)
    assert.deepEqual(table.of(randomBytes(16)), [])
    assert.equal(table.size, 0)
  })

  test('keeps 100,000 people at no more than 64 bytes each', ({ assert }) => {
    const table = new RefTable()
    for (let person = 0; person < 100_000; person++) table.put(randomBytes(16), `segment ${person % 7}`, true)
    assert.equal(table.size, 100_000)
    assert.isBelow(table.bytes / table.size, 64)
    recordFigure('audiences: bytes of memory per person', Math.round(table.bytes / table.size))
  })
})
