import { test } from '@japa/runner'
import type { SnapshotCaps, SnapshotLineItem } from '#modules/campaigns/contract'
import type { MatchInput } from '#modules/matching/contract'
import { CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { CapStore } from '#modules/matching/services/caps/cap_store'
import { LocalFrequencyCaps } from '#modules/matching/services/caps/local_caps'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { CallPlan } from '#modules/serving/services/call_plan'
import { PageMemory, type PageState } from '#modules/serving/services/page_memory'
import { DEFAULT_NOW_MS } from '#tests/support/match_inputs'
import {
  creative,
  inputFor,
  LEADERBOARD,
  lineItem,
  MEDIUM,
  placement,
  snapshotOf,
} from '#tests/support/snapshot_builder'

const price = (cpm: number) => ({
  price: cpm * 1e6,
  ecpmMicros: (cpm * 1e6) as SnapshotLineItem['ecpmMicros'],
})

/** Placements of one size each, and line items with a medium rectangle unless they say otherwise. */
function setting(
  sizes: readonly { width: number; height: number }[],
  changes: readonly Partial<SnapshotLineItem>[]
) {
  const banners = [creative(), creative(LEADERBOARD)]
  const places = sizes.map((size) => placement({ sizes: [size] }))
  const lines = changes.map((change) => lineItem(banners, change))
  const caps = new LocalFrequencyCaps(new CapStore(6400), new CapDeltas(100))
  /** Line items by position, one per placement. */
  const call = (
    options: { page?: PageState; capped?: readonly SnapshotCaps[]; asks?: Partial<MatchInput> } = {}
  ) => {
    const { page = { used: new Set(), keys: new Set() }, capped = [], asks = {} } = options
    const snapshot = { ...snapshotOf(places, banners, lines), caps: capped }
    const tally = caps.open(snapshot, { key: 'anna', kept: true }, DEFAULT_NOW_MS)
    const inputs = places.map(({ id }) => {
      const sets = { used: page.used, pageKeys: page.keys, capped: tally?.capped }
      return inputFor(id, { ...asks, ...sets })
    })
    const matches = new CallPlan(new CompiledEngine(snapshot), inputs, page, tally).decide()
    return matches.map((match) => match && lines.findIndex(({ id }) => id === match.lineItem.id))
  }
  const capOf = (at: number, impressions: number): SnapshotCaps => {
    return { owner: 'line_item', id: lines[at]!.id, timeZone: 'UTC', rules: [{ impressions, per: 'day' }] }
  }
  return { call, capOf, lines }
}

test.group('the placements of a call', () => {
  test('show a line item once while others match, and again when none does', ({ assert }) => {
    const { call } = setting([MEDIUM, MEDIUM, MEDIUM], [price(2), price(1)])
    assert.deepEqual(call(), [0, 1, 0])
  })

  test('do not show two line items that share a key, nor one that has a key twice', ({ assert }) => {
    const { call } = setting(
      [MEDIUM, MEDIUM, MEDIUM],
      [
        { ...price(3), exclusionKeys: ['cars'] },
        { ...price(2), exclusionKeys: ['cars', 'vans'] },
        { ...price(1), exclusionKeys: ['beer'] },
      ]
    )
    assert.deepEqual(call(), [0, 2, null])
  })

  test('together take no more than a cap allows, and the next call takes none', ({ assert }) => {
    const { call, capOf } = setting([MEDIUM, MEDIUM, MEDIUM], [price(2)])
    const capped = [capOf(0, 2)]
    assert.deepEqual(call({ capped }), [0, 0, null])
    assert.deepEqual(call({ capped }), [null, null, null])
  })

  test('of one page remember what earlier calls showed', ({ assert }) => {
    const { call } = setting(
      [MEDIUM],
      [
        { ...price(2), exclusionKeys: ['cars'] },
        { ...price(1), exclusionKeys: ['cars'] },
      ]
    )
    const pages = new PageMemory()
    const open = (page: string | null, at = 0) => pages.open('o', page, DEFAULT_NOW_MS + at)
    assert.deepEqual(call({ page: open('p1') }), [0])
    assert.deepEqual(call({ page: open('p1', 1000) }), [null])
    assert.deepEqual(call({ page: open('p2') }), [0])
    assert.deepEqual(call({ page: open(null) }), [0])
    assert.deepEqual(call({ page: open('p1', 3_600_000) }), [0], 'a page that was left is forgotten')
  })

  test('are bounded in memory', ({ assert }) => {
    const pages = new PageMemory(10)
    for (let at = 0; at < 100; at++) pages.open('o', `p${at}`, DEFAULT_NOW_MS).used.add('x')
    assert.equal(pages.size, 10)
    assert.equal(pages.open('o', 'p99', DEFAULT_NOW_MS).used.size, 1)
    assert.equal(pages.open('o', 'p0', DEFAULT_NOW_MS).used.size, 0)
  })
})

test.group('a roadblock', () => {
  const other = price(1)

  test('takes as many placements as it meets, in spite of its own keys', ({ assert }) => {
    const road = { ...price(2), roadblock: 'as_many_as_possible', exclusionKeys: ['cars'] } as const
    const rival = { ...price(1), exclusionKeys: ['cars'] }
    assert.deepEqual(setting([MEDIUM, LEADERBOARD, MEDIUM], [road, rival]).call(), [0, 0, 0])
    const wide = { width: 970, height: 250 }
    assert.deepEqual(setting([MEDIUM, wide, LEADERBOARD], [road, rival]).call(), [0, null, 0])
  })

  test('of all or none serves all of a call, or nothing of it', ({ assert }) => {
    const road = { ...price(2), roadblock: 'all_or_none' } as const
    assert.deepEqual(setting([MEDIUM, LEADERBOARD], [road, other]).call(), [0, 0])
    const wide = { width: 970, height: 250 }
    assert.deepEqual(setting([MEDIUM, wide], [road, other]).call(), [1, null])
    assert.deepEqual(setting([wide, MEDIUM], [road, other]).call(), [null, 1])
  })

  test('of all or none that loses the first placement serves nowhere', ({ assert }) => {
    const first = { ...price(3), exclusionKeys: ['a'] }
    assert.deepEqual(
      setting([MEDIUM, MEDIUM], [first, { ...price(2), roadblock: 'all_or_none' }, other]).call(),
      [0, 2]
    )
  })

  test('of all or none needs as many impressions as there are placements', ({ assert }) => {
    const { call, capOf } = setting([MEDIUM, MEDIUM], [{ ...price(2), roadblock: 'all_or_none' }, other])
    assert.deepEqual(call({ capped: [capOf(0, 3)] }), [0, 0])
    assert.deepEqual(call({ capped: [capOf(0, 3)] }), [1, 1], 'one is left: not enough for two')
  })

  test('of a sponsor draws its share once for the call', ({ assert }) => {
    const sponsor = { tier: 'sponsorship', shareOfVoice: 10, roadblock: 'all_or_none' } as const
    const { call } = setting([MEDIUM, MEDIUM], [sponsor, other])
    assert.deepEqual(call({ asks: { draw: [0, 0] } }), [0, 0])
    assert.deepEqual(call({ asks: { draw: [2 ** 31, 0] } }), [1, 1])
  })
})
