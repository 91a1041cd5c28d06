/** What every `MatchEngine` promises, worked out by hand; docs/targeting.md in cases. */
import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import type { CpmMicros } from '#modules/kernel/money'
import { placementCases, targetingCases, timeCases } from '#tests/contracts/match_engine_targeting'
import { DRAWS, state, world, type Make } from '#tests/support/match_world'
import { creative, inputFor, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

export function matchEngineContract(name: string, make: Make): void {
  targetingCases(name, make)
  timeCases(name, make)
  placementCases(name, make)
  choiceCases(name, make)
  pageCases(name, make)
}

function choiceCases(name: string, make: Make): void {
  const house = { tier: 'house', ecpmMicros: 0 as CpmMicros } as const
  test.group(`${name}: who wins`, () => {
    test('tiers go before prices', ({ assert }) => {
      const { why } = world(make, [
        house,
        { ecpmMicros: 9e6 as CpmMicros },
        { tier: 'standard', ecpmMicros: 1 as CpmMicros },
      ])
      assert.deepEqual(why(), ['outranked', 'outranked', null])
    })
    test('a sponsor gets its share of the requests, the rest goes on evenly', ({ assert }) => {
      const sponsor = (share: number) =>
        ({ tier: 'sponsorship', shareOfVoice: share, ecpmMicros: 1 as CpmMicros }) as const
      assert.deepEqual(world(make, [sponsor(30), {}, {}]).shares(), { 0: 300, 1: 350, 2: 350 })
      assert.deepEqual(world(make, [sponsor(100), {}]).shares(), { 0: 1000 })
      assert.deepEqual(world(make, [sponsor(10)]).shares(), { 0: 100, null: 900 })
    })
    test('shares above 100 percent together are scaled down', ({ assert }) => {
      const sponsor = (share: number) => ({ tier: 'sponsorship', shareOfVoice: share }) as const
      const { shares, why } = world(make, [sponsor(100), sponsor(60), sponsor(40), {}])
      assert.deepEqual(shares(), { 0: 500, 1: 300, 2: 200 })
      assert.deepEqual(why({ draw: [0, 0] }), [null, 'share_of_voice', 'share_of_voice', 'outranked'])
    })
    test('the guaranteed line item that is furthest behind wins', ({ assert }) => {
      const goal = { type: 'impressions', quantity: 1000 } as const
      const flight = { tier: 'standard', goal, startsAt: 0 as never, endsAt: 6_000_000 as never } as const
      const { engine, lines, at } = world(make, [
        flight,
        flight,
        { ...flight, endsAt: null },
        { ...flight, goal: null },
      ])
      const half = { nowMs: 3_000_000 }
      engine.setState(state(lines, [500, 400, 100]))
      assert.equal(at(half), 1, 'urgency 1, 1.2, 0.9, 0')
      engine.setState(state(lines, [500, 500, 100]))
      assert.oneOf(at(half), [0, 1])
      engine.setState(state(lines, [1000, 1000, 100]))
      assert.equal(at(half), 2)
      engine.setState(state(lines, [1000, 1000, 1000]))
      assert.equal(at(half), 3)
    })
    test('equals share evenly: {name}')
      .with([
        { name: 'guaranteed', line: { tier: 'standard' } as const },
        { name: 'the same eCPM', line: {} },
        { name: 'house', line: house },
      ])
      .run(({ assert }, { line }) => {
        assert.deepEqual(world(make, [line, line, line, line]).shares(), { 0: 250, 1: 250, 2: 250, 3: 250 })
      })
    test('the highest eCPM wins', ({ assert }) => {
      const prices = [1, 3, 2].map((micros) => ({ ecpmMicros: micros as CpmMicros }))
      assert.deepEqual(world(make, prices).why(), ['outranked', null, 'outranked'])
    })
    test('money and goals end a line item until the state says otherwise', ({ assert }) => {
      const clicks = { goal: { type: 'clicks', quantity: 5 } } as const
      const { engine, lines, why } = world(make, [{}, clicks, clicks])
      engine.setState(state(lines, [0, 500, 499], [0]))
      assert.deepEqual(why(), ['budget_spent', 'goal_reached', null])
      engine.setState(state(lines, [0, 500, 500]))
      assert.deepEqual(why(), [null, 'goal_reached', 'goal_reached'])
    })
    test('a line item that has spent its own budget stops, and no other of its campaign', ({ assert }) => {
      const campaignId = 'campaign' as Id<'campaign'>
      const { engine, lines, why } = world(make, [{ campaignId }, { campaignId }, {}])
      engine.setState(state(lines, [], [], [0]))
      assert.equal(why()[0], 'budget_spent')
      assert.notInclude(why().slice(1), 'budget_spent')
      engine.setState(state(lines, [], [], [0, 1]))
      assert.deepEqual(why(), ['budget_spent', 'budget_spent', null])
      engine.setState(state(lines, []))
      assert.notInclude(why(), 'budget_spent')
    })
  })
}

function pageCases(name: string, make: Make): void {
  test.group(`${name}: line items used on the page`, () => {
    test('are passed over while any other serves, house included', ({ assert }) => {
      const { lines, at, why } = world(make, [{}, { tier: 'house', ecpmMicros: 0 as CpmMicros }])
      const used = new Set<string>([lines[0].id])
      assert.equal(at({ used }), 1)
      assert.deepEqual(why({ used }), ['already_on_page', null])
    })
    test('are chosen again, by the same rules, when nothing else serves', ({ assert }) => {
      const { lines, at, why } = world(make, [
        { ecpmMicros: 1 as CpmMicros },
        {},
        { targeting: { countries: { include: ['DE'] } } },
      ])
      const used = new Set<string>(lines.map(({ id }) => id))
      assert.equal(at({ used }), 1)
      assert.deepEqual(why({ used }), ['outranked', null, 'country'])
      assert.equal(at({ used: new Set(['nobody']) }), 1)
    })
    test('an engine without line items or placements serves nothing', ({ assert }) => {
      const engine = make(snapshotOf([], [], []))
      assert.isNull(engine.decide(inputFor(placement().id)))
      assert.equal(engine.explain(inputFor(placement().id)).size, 0)
      assert.deepEqual(world(make, []).why(), [])
    })
    test('the same input gives the same answer, in any order of the snapshot', ({ assert }) => {
      const place = placement()
      const banner = creative()
      const lines = Array.from({ length: 40 }, () => lineItem([banner]))
      const [one, two] = [lines, lines.toReversed()].map((list) => make(snapshotOf([place], [banner], list)))
      for (let draw = 0; draw < 100; draw++) {
        const input = inputFor(place.id, { draw: [Math.floor((draw * DRAWS) / 100), 0] })
        assert.equal(one.decide(input)?.lineItem.id, two.decide(input)?.lineItem.id)
        assert.equal(one.decide(input)?.lineItem.id, one.decide(input)?.lineItem.id)
      }
    })
  })
}
