import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import type { Targeting } from '#modules/campaigns/contract'
import type { NoServe } from '#modules/matching/contract'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { recordFigure, scale, scaled } from '#tests/support/figures'
import { naiveDecide } from '#tests/support/naive_evaluator'
import { randomInput, randomSnapshot, randomState } from '#tests/support/snapshots'

/** Full size takes over an hour, nearly all of it in the oracle: 57 ms a request. A part of the size is a part of a fifth. */
const REQUESTS = scale() === 1 ? 100_000 : 20_000
const LINE_ITEMS = 5_000
const SNAPSHOTS = 4

const FURTHER: readonly NoServe[] = [
  'daypart',
  'key_values',
  'region',
  'city',
  'time_zone',
  'connection_type',
  'os_version',
  'browser_version',
  'section',
  'page_url',
  'phrases',
  'categories',
  'area',
  'address',
  'group',
]
const DIMENSIONS = [
  'regions',
  'cities',
  'timeZones',
  'connectionTypes',
  'osVersions',
  'browserVersions',
  'sections',
  'pageUrls',
  'phrases',
  'categories',
  'areas',
  'addresses',
  'groups',
] as const satisfies readonly (keyof Targeting)[]

/** An engine over a random world, with what is asked of it and what the oracle says; `bend` plants a fault. */
function* comparisons(
  seed: number,
  requests: number,
  lineItems: number,
  bend = (targeting: Targeting) => targeting
) {
  const random = new SeededRandom(seed)
  const snapshot = randomSnapshot(random, { lineItems, targeted: 0.2 + (seed % 3) * 0.25 })
  const state = randomState(random, snapshot)
  const bent = snapshot.lineItems.map((line) => ({ ...line, targeting: bend(line.targeting) }))
  const engine = new CompiledEngine({ ...snapshot, lineItems: bent })
  engine.setState(state)
  for (let at = 0; at < requests; at++) {
    const input = randomInput(random, snapshot)
    yield { at, engine, input, oracle: naiveDecide(snapshot, state, input) }
  }
}

test.group('all dimensions of targeting', () => {
  test('the winners of the index are those of the oracle over 5,000 line items', ({ assert }) => {
    const requests = Math.ceil(scaled(REQUESTS, 400) / SNAPSHOTS)
    let served = 0
    for (let seed = 1; seed <= SNAPSHOTS; seed++) {
      for (const { at, engine, input, oracle } of comparisons(seed, requests, LINE_ITEMS)) {
        const match = engine.decide(input)
        const said = match && { lineItemId: match.lineItem.id, creativeId: match.creative.id }
        if (said) served++
        assert.deepEqual(said, oracle.winner, `seed ${seed}, request ${at}: ${JSON.stringify(input)}`)
      }
    }
    recordFigure('matching: random requests of all dimensions with the same winner', requests * SNAPSHOTS)
    recordFigure('matching: seeds of these', `1 to ${SNAPSHOTS}`)
    assert.isAbove(served, requests)
  }).timeout(3_600_000)

  test('every dimension refuses some, and for each the reasons agree', ({ assert }) => {
    const seen = new Set<NoServe | null>()
    for (let seed = 11; seed <= 14; seed++) {
      for (const { at, engine, input, oracle } of comparisons(seed, 60, 1_500)) {
        const reasons = engine.explain(input)
        for (const [id, reason] of oracle.reasons) {
          seen.add(reason)
          if (reasons.get(id) === reason) continue
          assert.fail(
            `seed ${seed}, request ${at}: ${reasons.get(id)} for ${reason}: ${JSON.stringify(input)}`
          )
        }
      }
    }
    assert.deepEqual(
      FURTHER.filter((code) => !seen.has(code)),
      []
    )
  }).timeout(120_000)

  test('an engine that forgets {$self} is found out')
    .with([...DIMENSIONS, 'daypartZone', 'includeRanges'])
    .run(({ assert }, forgotten) => {
      const bend = (targeting: Targeting): Targeting =>
        forgotten === 'includeRanges'
          ? { ...targeting, keyValues: targeting.keyValues?.filter(({ includeRanges }) => !includeRanges) }
          : { ...targeting, [forgotten]: undefined }
      for (const { engine, input, oracle } of comparisons(21, 60, 1_000, bend)) {
        const reasons = engine.explain(input)
        for (const [id, reason] of oracle.reasons) if (reasons.get(id) !== reason) return
      }
      assert.fail('the oracle noticed nothing')
    })
    .timeout(60_000)
})
