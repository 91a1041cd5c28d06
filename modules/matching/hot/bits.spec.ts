import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import {
  bitOfRank,
  bitsWithin,
  clearBit,
  countBits,
  hasBit,
  lowestBit,
  setBit,
} from '#modules/matching/hot/bits'

/** Positions of the set bits, by the text of the number. */
function positions(word: number): number[] {
  const text = (word >>> 0).toString(2).padStart(32, '0')
  return [...text].toReversed().flatMap((bit, at) => (bit === '1' ? [at] : []))
}

test.group('bits', () => {
  test('counting, lowest bit, rank and range agree with the digits of the number', ({ assert }) => {
    const random = new SeededRandom(11)
    const words = [
      1,
      -1,
      0x80000000 | 0,
      0x7fffffff,
      ...Array.from({ length: 500 }, () => random.uint32() | 0),
    ]
    for (const word of words.filter((one) => one !== 0)) {
      const set = positions(word)
      assert.equal(countBits(word), set.length)
      assert.equal(lowestBit(word), set[0])
      set.forEach((position, rank) => assert.equal(bitOfRank(word, rank), position))
      const from = 60 + (random.uint32() % 70)
      const to = from + (random.uint32() % 70)
      const kept = set.filter((position) => 96 + position >= from && 96 + position < to)
      assert.deepEqual(positions(bitsWithin(word, 96, from, to)), kept, `${word} in ${from}..${to}`)
    }
    assert.equal(countBits(0), 0)
  })

  test('a bit is set and cleared alone', ({ assert }) => {
    const words = new Int32Array(3)
    setBit(words, 63)
    setBit(words, 31)
    assert.deepEqual([...words], [0x80000000 | 0, 0x80000000 | 0, 0])
    assert.isTrue(hasBit(words, 63))
    clearBit(words, 63)
    assert.deepEqual([hasBit(words, 63), hasBit(words, 31)], [false, true])
  })
})
