/** Targeting, time and placements of a `MatchEngine`, worked out by hand. */
import { test } from '@japa/runner'
import type { CpmMicros } from '#modules/kernel/money'
import type { SnapshotLineItem, Targeting } from '#modules/campaigns/contract'
import type { MatchInput } from '#modules/matching/contract'
import { DRAWS, world, type Make } from '#tests/support/match_world'
import {
  creative,
  inputFor,
  LEADERBOARD,
  lineItem,
  MEDIUM,
  placement,
  snapshotOf,
} from '#tests/support/snapshot_builder'

export function targetingCases(name: string, make: Make): void {
  const cases: { rule: Targeting; input: Partial<MatchInput>; serves: boolean }[] = [
    { rule: { countries: { include: ['DE', 'AT'] } }, input: { country: 'AT' }, serves: true },
    { rule: { countries: { include: ['DE', 'AT'] } }, input: { country: 'CH' }, serves: false },
    { rule: { countries: { include: ['DE'] } }, input: { country: null }, serves: false },
    { rule: { countries: { exclude: ['DE'] } }, input: { country: null }, serves: true },
    { rule: { countries: { exclude: ['DE'] } }, input: { country: 'DE' }, serves: false },
    { rule: { countries: { include: ['DE'], exclude: ['DE'] } }, input: { country: 'DE' }, serves: false },
    { rule: { countries: { include: [], exclude: [] } }, input: { country: null }, serves: true },
    { rule: { deviceTypes: { include: ['tv'] } }, input: { deviceType: 'tv' }, serves: true },
    { rule: { deviceTypes: { include: ['tv'] } }, input: { deviceType: 'fridge' }, serves: false },
    { rule: { operatingSystems: { exclude: ['iOS'] } }, input: { os: 'iOS' }, serves: false },
    { rule: { browsers: { include: ['Safari'] } }, input: { browser: 'Mobile Safari' }, serves: false },
    { rule: { languages: { include: ['de'] } }, input: { language: 'de' }, serves: true },
    {
      rule: { countries: { include: ['DE'] }, languages: { include: ['de'] } },
      input: { country: 'DE', language: 'en' },
      serves: false,
    },
    {
      rule: { keywords: { include: [' Garden ', 'tools'] } },
      input: { keywords: ['news', 'garden'] },
      serves: true,
    },
    { rule: { keywords: { include: ['garden'] } }, input: { keywords: [] }, serves: false },
    { rule: { keywords: { exclude: ['CRIME'] } }, input: { keywords: ['garden', 'crime'] }, serves: false },
    { rule: { keywords: { exclude: ['crime'] } }, input: { keywords: [] }, serves: true },
    {
      rule: { keyValues: [{ key: 'a', include: ['1'] }] },
      input: { keyValues: { a: ['0', '1'] } },
      serves: true,
    },
    {
      rule: {
        keyValues: [
          { key: 'a', include: ['1'] },
          { key: 'b', include: ['2'] },
        ],
      },
      input: { keyValues: { a: ['1'] } },
      serves: false,
    },
    { rule: { keyValues: [{ key: 'a', exclude: ['1'] }] }, input: { keyValues: { b: ['1'] } }, serves: true },
    {
      rule: { keyValues: [{ key: 'constructor', include: ['name'] }] },
      input: { keyValues: {} },
      serves: false,
    },
    {
      rule: { keyValues: [{ key: '__proto__', exclude: ['x'] }] },
      input: { keyValues: JSON.parse('{"__proto__":["x"]}') },
      serves: false,
    },
  ]
  test.group(`${name}: targeting`, () => {
    for (const { rule, input, serves } of cases) {
      test(`${JSON.stringify(rule)} ${serves ? 'takes' : 'refuses'} ${JSON.stringify(input)}`, ({
        assert,
      }) => {
        assert.equal(world(make, [{ targeting: rule }]).at(input), serves ? 0 : null)
      })
    }
  })
}

export function timeCases(name: string, make: Make): void {
  const everyDay = [1, 2, 3, 4, 5, 6, 7]
  const cases = [
    { zone: 'UTC', days: [6], hours: [12, 13], at: '2026-11-21T12:00:00.000Z', serves: true },
    { zone: 'UTC', days: [6], hours: [12, 13], at: '2026-11-21T13:00:00.000Z', serves: false },
    { zone: 'UTC', days: [7], hours: [0, 24], at: '2026-11-22T23:59:59.999Z', serves: true },
    { zone: 'Europe/Berlin', days: [1], hours: [0, 1], at: '2026-11-22T23:00:00.000Z', serves: true },
    { zone: 'Asia/Kolkata', days: everyDay, hours: [9, 10], at: '2026-11-21T03:29:59.999Z', serves: false },
    { zone: 'Asia/Kolkata', days: everyDay, hours: [9, 10], at: '2026-11-21T03:30:00.000Z', serves: true },
    { zone: 'Asia/Kolkata', days: everyDay, hours: [9, 10], at: '2026-11-21T04:29:59.999Z', serves: true },
    // Berlin's clock goes from 03:00 to 02:00: the third hour comes twice in a day of 25
    { zone: 'Europe/Berlin', days: [7], hours: [2, 3], at: '2026-10-25T00:30:00.000Z', serves: true },
    { zone: 'Europe/Berlin', days: [7], hours: [2, 3], at: '2026-10-25T01:30:00.000Z', serves: true },
    { zone: 'Europe/Berlin', days: [7], hours: [2, 3], at: '2026-10-25T02:00:00.000Z', serves: false },
    // and from 02:00 to 03:00: it never comes in a day of 23
    { zone: 'Europe/Berlin', days: [7], hours: [2, 3], at: '2027-03-28T00:59:59.999Z', serves: false },
    { zone: 'Europe/Berlin', days: [7], hours: [2, 3], at: '2027-03-28T01:00:00.000Z', serves: false },
    { zone: 'Europe/Berlin', days: [7], hours: [3, 4], at: '2027-03-28T01:00:00.000Z', serves: true },
    // Lord Howe moves by half an hour: 02:00 becomes 02:30, and 02:00 becomes 01:30
    {
      zone: 'Australia/Lord_Howe',
      days: everyDay,
      hours: [2, 3],
      at: '2026-10-03T15:30:00.000Z',
      serves: true,
    },
    {
      zone: 'Australia/Lord_Howe',
      days: everyDay,
      hours: [2, 3],
      at: '2026-10-03T16:00:00.000Z',
      serves: false,
    },
    {
      zone: 'Australia/Lord_Howe',
      days: everyDay,
      hours: [1, 2],
      at: '2027-04-03T15:29:59.999Z',
      serves: true,
    },
    {
      zone: 'Australia/Lord_Howe',
      days: everyDay,
      hours: [2, 3],
      at: '2027-04-03T15:30:00.000Z',
      serves: true,
    },
  ]
  test.group(`${name}: time`, () => {
    for (const { zone, days, hours, at, serves } of cases) {
      test(`days ${days} from ${hours[0]} to ${hours[1]} in ${zone}: ${serves ? 'on' : 'off'} at ${at}`, ({
        assert,
      }) => {
        const dayparts = [{ days, fromHour: hours[0], toHour: hours[1] }]
        const line = { timeZone: zone, targeting: { dayparts }, startsAt: 0 as SnapshotLineItem['startsAt'] }
        const { at: winner, why } = world(make, [line])
        assert.equal(winner({ nowMs: Date.parse(at) }), serves ? 0 : null)
        assert.deepEqual(why({ nowMs: Date.parse(at) }), [serves ? null : 'daypart'])
      })
    }
    test('a start is inclusive, an end exclusive, and time may go back', ({ assert }) => {
      const { at, why } = world(make, [{ startsAt: 1000 as never, endsAt: 2000 as never }])
      assert.deepEqual(
        [1999, 2000, 1000, 999].map((nowMs) => at({ nowMs })),
        [0, null, 0, null]
      )
      assert.deepEqual(why({ nowMs: 999 }), ['not_started'])
      assert.deepEqual(why({ nowMs: 2000 }), ['ended'])
    })
  })
}

export function placementCases(name: string, make: Make): void {
  test.group(`${name}: placements, sizes and floors`, () => {
    test('an unknown or idle placement serves nothing', ({ assert }) => {
      const { engine, at } = world(make, [{}])
      const elsewhere = inputFor(placement().id)
      assert.isNull(engine.decide(elsewhere))
      assert.deepEqual([...engine.explain(elsewhere).values()], ['placement'])
      assert.equal(at(), 0)
      assert.deepEqual(world(make, [{}], placement({ active: false })).why(), ['placement'])
    })
    test('site and placement targeting go by the placement', ({ assert }) => {
      const place = placement()
      const other = placement()
      const { why } = world(
        make,
        [
          { targeting: { sites: { include: [place.siteId] } }, ecpmMicros: 9 as CpmMicros },
          { targeting: { sites: { include: [other.siteId] } } },
          { targeting: { placements: { exclude: [place.id] }, sites: { include: [other.siteId] } } },
        ],
        place
      )
      assert.deepEqual(why(), [null, 'site', 'placement'])
    })
    test('only sizes that the placement has and the request asks for count', ({ assert }) => {
      const { at, why } = world(make, [{}])
      assert.equal(at({ sizes: [LEADERBOARD, MEDIUM] }), 0)
      assert.deepEqual(why({ sizes: [LEADERBOARD] }), ['size'])
      assert.deepEqual(why({ sizes: [{ width: 1, height: 1 }] }), ['size'])
      assert.isNull(at({ sizes: [] }))
      assert.deepEqual(world(make, [{}], placement({ sizes: [LEADERBOARD] })).why(), ['size'])
    })
    test('a line item without a creative that may serve says so', ({ assert }) => {
      assert.deepEqual(world(make, [{ creatives: [] }]).why(), ['no_creative'])
      const place = placement()
      const banner = creative()
      const idle = lineItem([], { creatives: [{ creativeId: banner.id, weight: 0 }] })
      const lost = lineItem([creative()])
      const engine = make(snapshotOf([place], [banner], [idle, lost]))
      assert.deepEqual([...engine.explain(inputFor(place.id)).values()], ['no_creative', 'no_creative'])
    })
    test('the floor binds all tiers but house, and may be met exactly', ({ assert }) => {
      const floor = placement({ floorMicros: 1_000_000 as CpmMicros })
      const below = 999_999 as CpmMicros
      assert.equal(world(make, [{}], floor).at(), 0)
      assert.deepEqual(
        world(
          make,
          [
            { ecpmMicros: below },
            { ecpmMicros: below, tier: 'standard' },
            { ecpmMicros: 0 as CpmMicros, tier: 'house' },
          ],
          floor
        ).why(),
        ['floor', 'floor', null]
      )
    })
    test('creatives are drawn by weight among those that fit', ({ assert }) => {
      const place = placement()
      const [light, heavy, misfit] = [creative(), creative(), creative({ width: 1 })]
      const creatives = [heavy, misfit, light].map(({ id }, at) => ({
        creativeId: id,
        weight: [3, 100, 1][at],
      }))
      const engine = make(snapshotOf([place], [light, heavy, misfit], [lineItem([], { creatives })]))
      const drawn = [0, 0.25, 0.5, 0.7499, 0.75, 0.9999].map((share) => {
        return engine.decide(inputFor(place.id, { draw: [0, Math.floor(share * DRAWS)] }))!.creative.id
      })
      assert.deepEqual(
        drawn,
        [heavy, heavy, heavy, heavy, light, light].map(({ id }) => id)
      )
    })
  })
}
