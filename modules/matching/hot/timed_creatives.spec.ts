import { test } from '@japa/runner'
import type { EpochMs } from '#modules/kernel/time'
import type { SnapshotCreative } from '#modules/campaigns/contract'
import { TimedCreatives } from '#modules/matching/hot/timed_creatives'

const at = (ms: number) => ms as EpochMs
const matchesOf = (terms: readonly Partial<SnapshotCreative>[]) =>
  ({ matches: terms.map((creative) => ({ creative })) }) as unknown as ConstructorParameters<
    typeof TimedCreatives
  >[0]

test.group('creatives with a time of their own', () => {
  test('serve from their start to their end, exclusive, in both directions of time', ({ assert }) => {
    const terms = [{}, { startsAt: at(100) }, { endsAt: at(200) }, { startsAt: at(150), endsAt: at(160) }]
    const timed = new TimedCreatives(matchesOf(terms))
    const truth: [number, number[]][] = [
      [0, [1, 3]],
      [99, [1, 3]],
      [100, [3]],
      [150, []],
      [159, []],
      [160, [3]],
      [199, [3]],
      [200, [2, 3]],
      [99, [1, 3]],
    ]
    for (const [nowMs, out] of truth) assert.deepEqual([...timed.outAt(nowMs)], out, String(nowMs))
  })

  test('cost nothing when there are none', ({ assert }) => {
    const timed = new TimedCreatives(matchesOf([{}, {}]))
    assert.strictEqual(timed.outAt(0), timed.outAt(1e15))
    assert.lengthOf(timed.outAt(5), 0)
  })
})
