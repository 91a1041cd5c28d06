import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { SeededRandom } from '#modules/kernel/random'
import { ZoneHour } from '#modules/matching/hot/zone_hour'
import { CLOCK_CHANGES, ZONES } from '#tests/support/targeting_words'

const HOUR_MS = 3_600_000

function hourOfWeek(zone: string, atMs: number): number {
  const local = DateTime.fromMillis(atMs, { zone })
  return (local.weekday - 1) * 24 + local.hour
}

test.group('ZoneHour', () => {
  test('{$self} agrees with luxon around clock changes and at random instants, in both directions of time')
    .with([...ZONES, 'Africa/Casablanca', 'America/Caracas', 'Antarctica/Troll', 'Asia/Gaza', 'Pacific/Apia'])
    .run(({ assert }, zone) => {
      const random = new SeededRandom(3)
      const hour = new ZoneHour(zone)
      for (let at = 0; at < 300; at++) {
        const near =
          CLOCK_CHANGES[random.uint32() % CLOCK_CHANGES.length] + (random.uint32() % (3 * HOUR_MS)) - HOUR_MS
        const anywhere = Math.floor((random.uint32() / 2 ** 32) * 4_000_000_000_000)
        const nowMs = at % 2 === 0 ? near : anywhere
        hour.moveTo(nowMs)
        assert.equal(hour.hourOfWeek, hourOfWeek(zone, nowMs), new Date(nowMs).toISOString())
        assert.isTrue(hour.fromMs <= nowMs && nowMs < hour.untilMs)
      }
    })

  test('the interval ends exactly where the hour does: {zone} at {at}')
    .with([
      {
        zone: 'UTC',
        at: '2026-11-21T12:59:59.999Z',
        from: '2026-11-21T12:00:00Z',
        until: '2026-11-21T13:00:00Z',
      },
      {
        zone: 'Asia/Kathmandu',
        at: '2026-11-21T12:20:00Z',
        from: '2026-11-21T12:15:00Z',
        until: '2026-11-21T13:15:00Z',
      },
      // 02:00 becomes 02:30: half an hour is left of it
      {
        zone: 'Australia/Lord_Howe',
        at: '2026-10-03T15:45:00Z',
        from: '2026-10-03T15:30:00Z',
        until: '2026-10-03T16:00:00Z',
      },
      // St John's changed its clock one minute past midnight: 00:01 became 23:01
      {
        zone: 'America/St_Johns',
        at: '2010-11-07T02:30:30Z',
        from: '2010-11-07T02:30:00Z',
        until: '2010-11-07T02:31:00Z',
      },
    ])
    .run(({ assert }, { zone, at, from, until }) => {
      const hour = new ZoneHour(zone)
      hour.moveTo(Date.parse(at))
      assert.deepEqual([hour.fromMs, hour.untilMs], [Date.parse(from), Date.parse(until)])
      for (const inside of [hour.fromMs, hour.untilMs - 1]) {
        assert.equal(hour.hourOfWeek, hourOfWeek(zone, inside))
      }
    })

  test('a zone that does not exist is refused', ({ assert }) => {
    assert.throws(() => new ZoneHour('Europe/Atlantis'), RangeError)
  })
})
