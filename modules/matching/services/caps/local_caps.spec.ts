import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import type { FrequencyCap, SnapshotCaps } from '#modules/campaigns/contract'
import type { CapSubject, Match } from '#modules/matching/contract'
import { CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { CapStore } from '#modules/matching/services/caps/cap_store'
import { LocalFrequencyCaps } from '#modules/matching/services/caps/local_caps'
import { Dice } from '#tests/support/dice'
import { recordFigure, scaled } from '#tests/support/figures'
import { naiveCapped, type Shown } from '#tests/support/naive_caps'
import { creative, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

const NOON = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000
const ANNA: CapSubject = { key: 'anna', kept: true }

function setting(rules: readonly FrequencyCap[], owner: SnapshotCaps['owner'] = 'line_item', zone = 'UTC') {
  const banner = creative()
  const line = lineItem([banner])
  const ids = {
    advertiser: line.advertiserId,
    campaign: line.campaignId,
    line_item: line.id,
    creative: banner.id,
  }
  const caps: SnapshotCaps[] = [{ owner, id: ids[owner], timeZone: zone, rules }]
  const snapshot = { ...snapshotOf([placement()], [banner], [line]), caps }
  const deltas = new CapDeltas(1000)
  const store = new CapStore(64_000)
  const local = new LocalFrequencyCaps(store, deltas)
  const match: Match = { lineItem: line, creative: banner }
  const show = (at: number, subject: CapSubject | null = ANNA) =>
    local.open(snapshot, subject, at)!.count(match)
  const capped = (at: number, subject: CapSubject | null = ANNA) =>
    local.open(snapshot, subject, at)!.capped.has(ids[owner])
  return { snapshot, local, match, show, capped, deltas, store }
}

test.group('frequency caps', () => {
  test('without caps there is nothing to keep', ({ assert }) => {
    const { local, snapshot } = setting([])
    assert.isNull(local.open({ ...snapshot, caps: [] }, ANNA, NOON))
    assert.isNull(local.open({ ...snapshot, caps: undefined }, ANNA, NOON))
  })

  test('bind each kind of owner, and nobody else', ({ assert }) => {
    for (const owner of ['advertiser', 'campaign', 'line_item', 'creative'] as const) {
      const { show, capped } = setting([{ impressions: 2, per: 'lifetime' }], owner)
      show(NOON)
      assert.isFalse(capped(NOON))
      show(NOON)
      assert.isTrue(capped(NOON))
      assert.isFalse(capped(NOON, { key: 'bob', kept: true }))
    }
  })

  test('bind within a call before anything was seen, also for somebody who has no id', ({ assert }) => {
    const { local, snapshot, match, capped } = setting([{ impressions: 1, per: 'day' }])
    const call = local.open(snapshot, null, NOON)!
    call.count(match)
    assert.isTrue(call.capped.has(match.lineItem.id))
    assert.isFalse(capped(NOON, null))
  })

  test('an ad that is taken back does not count', ({ assert }) => {
    const { local, snapshot, match, capped, deltas } = setting([{ impressions: 1, per: 'day' }])
    const call = local.open(snapshot, ANNA, NOON)!
    call.count(match)
    call.uncount(match)
    assert.isFalse(call.capped.has(match.lineItem.id))
    assert.isFalse(capped(NOON))
    assert.equal(deltas.size, 0)
  })

  test('a day ends at midnight of the zone, also when it has 25 hours', ({ assert }) => {
    const { show, capped } = setting([{ impressions: 1, per: 'day' }], 'campaign', 'Europe/Berlin')
    const midnight = Date.UTC(2026, 9, 24, 22) // 25 October 00:00 CEST; clocks go back at 03:00
    show(midnight)
    assert.isTrue(capped(midnight + 25 * 60 * MINUTE - 1))
    assert.isFalse(capped(midnight + 25 * 60 * MINUTE))
  })

  test('an hour that comes twice is two hours', ({ assert }) => {
    const { show, capped } = setting([{ impressions: 1, per: 'hour' }], 'campaign', 'Europe/Berlin')
    const two = Date.UTC(2026, 9, 25, 0) // 02:00 CEST
    show(two + 59 * MINUTE)
    assert.isTrue(capped(two + 60 * MINUTE - 1))
    assert.isFalse(capped(two + 60 * MINUTE)) // 02:00 CET
  })

  test('N minutes are never less than N minutes', ({ assert }) => {
    for (const minutes of [1, 30, 60, 90, 1440, 10_080]) {
      const { show, capped } = setting([{ impressions: 1, per: { minutes } }])
      show(NOON + 12_345)
      assert.isTrue(capped(NOON + 12_345 + minutes * MINUTE - 1), `${minutes}`)
      assert.isFalse(capped(NOON + 12_345 + (minutes + 1 + Math.ceil(minutes / 60)) * MINUTE), `${minutes}`)
    }
  })

  test('an id of a page view stays in the process', ({ assert }) => {
    const { show, capped, deltas } = setting([{ impressions: 1, per: 'lifetime' }])
    const passing = { key: 'page', kept: false }
    show(NOON, passing)
    assert.isTrue(capped(NOON + 119 * MINUTE, passing))
    assert.isFalse(capped(NOON + 121 * MINUTE, passing))
    assert.equal(deltas.size, 0)
  })

  test('memory is bounded: who was counted longest ago is dropped, and dropping is counted', ({ assert }) => {
    const store = new CapStore(640)
    for (let person = 0; person < 5000; person++) store.add(`p${person}`, 'x l', 0, 1, NOON + MINUTE, NOON)
    const { counts, dropped } = store.size
    assert.isAtMost(counts, 640)
    assert.equal(counts + dropped, 5000)
    assert.lengthOf(store.counts('p4999', NOON), 1)
    assert.lengthOf(store.counts('p0', NOON), 0)
    for (let round = 0; round < 64; round++) store.sweep(NOON + 2 * MINUTE)
    assert.deepEqual(store.size, { counts: 0, people: 0, dropped })
  })

  test('no decision is wrong beside a recount of everything that was shown', ({ assert }) => {
    const decisions = scaled(60_000)
    let checked = 0
    for (let seed = 1; checked < decisions; seed++) checked += playAndCompare(seed, assert)
    recordFigure('matching: decisions under frequency caps compared with a recount', checked)
    recordFigure('matching: wrong ones of these', 0)
  }).timeout(120_000)
})

const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu']
const PERS: FrequencyCap['per'][] = [
  'lifetime',
  'day',
  'hour',
  { minutes: 5 },
  { minutes: 60 },
  { minutes: 700 },
]
/** A little before clocks change in Berlin, on Lord Howe Island and in New York. */
const STARTS = [Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 3, 4, 6), Date.UTC(2026, 2, 8, 1), NOON]

/** Some days of a few people; ads are shown only where no cap refuses. Returns how many decisions there were. */
function playAndCompare(
  seed: number,
  assert: { deepEqual(actual: unknown, expected: unknown, message: string): void }
) {
  const dice = new Dice(new SeededRandom(seed))
  const banners = [creative(), creative()]
  const lines = [lineItem(banners), lineItem(banners), lineItem(banners)]
  const owners = lines.flatMap(({ id, campaignId, advertiserId }) => [id, campaignId, advertiserId])
  const caps = [...owners, ...banners.map(({ id }) => id)].map((id): SnapshotCaps => {
    const rules = dice.times(1 + dice.below(3), () => ({
      impressions: 1 + dice.below(4),
      per: dice.pick(PERS),
    }))
    return { owner: 'line_item', id, timeZone: dice.pick(ZONES), rules }
  })
  const snapshot = { ...snapshotOf([placement()], banners, lines), caps }
  const local = new LocalFrequencyCaps(new CapStore(64_000), new CapDeltas(100_000))
  const shown: Shown[] = []
  let now = dice.pick(STARTS)
  for (let step = 0; step < 400; step++) {
    now += dice.chance(0.2) ? dice.below(6 * 3_600_000) : dice.below(10 * MINUTE)
    const person = `p${dice.below(3)}`
    const call = local.open(snapshot, { key: person, kept: true }, now)!
    const expected = naiveCapped(caps, shown, person, now)
    assert.deepEqual([...call.capped].sort(), [...expected].sort(), `seed ${seed}, step ${step}`)
    const match: Match = { lineItem: dice.pick(lines), creative: dice.pick(banners) }
    const ids = [match.lineItem.id, match.lineItem.campaignId, match.lineItem.advertiserId, match.creative.id]
    if (dice.chance(0.8) && ids.some((id) => expected.has(id))) continue
    call.count(match)
    shown.push({ person, at: now, owners: ids })
    const after = naiveCapped(caps, shown, person, now)
    assert.deepEqual([...call.capped].sort(), [...after].sort(), `seed ${seed}, after step ${step}`)
  }
  return 400
}
