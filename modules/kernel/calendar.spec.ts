import { test } from '@japa/runner'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'
import { dayAt, isZone, localTime, slotsOf, startOfDay } from '#modules/kernel/calendar'

const HOUR_MS = 3_600_000
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
/** Wall clock as the platform itself formats it, not through the code under test. */
function wallOf(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => format.format(at)
}

test.group('calendar', () => {
  test('a day of {zone} on {date} begins at {start} and lasts {hours} h')
    .with([
      { zone: 'UTC', date: '2026-11-21', start: '2026-11-21T00:00:00+00:00', hours: 24 },
      { zone: 'Europe/Berlin', date: '2026-03-29', start: '2026-03-29T00:00:00+01:00', hours: 23 },
      { zone: 'Europe/Berlin', date: '2026-10-25', start: '2026-10-25T00:00:00+02:00', hours: 25 },
      { zone: 'America/New_York', date: '2026-03-08', start: '2026-03-08T00:00:00-05:00', hours: 23 },
      { zone: 'America/New_York', date: '2026-11-01', start: '2026-11-01T00:00:00-04:00', hours: 25 },
      { zone: 'Australia/Lord_Howe', date: '2026-04-05', start: '2026-04-05T00:00:00+11:00', hours: 24.5 },
      { zone: 'Australia/Lord_Howe', date: '2026-10-04', start: '2026-10-04T00:00:00+10:30', hours: 23.5 },
      { zone: 'Asia/Kathmandu', date: '2026-11-21', start: '2026-11-21T00:00:00+05:45', hours: 24 },
      { zone: 'Asia/Kolkata', date: '2026-11-21', start: '2026-11-21T00:00:00+05:30', hours: 24 },
      { zone: 'Pacific/Chatham', date: '2026-09-27', start: '2026-09-27T00:00:00+12:45', hours: 23 },
      { zone: 'America/Havana', date: '2026-03-08', start: '2026-03-08T01:00:00-04:00', hours: 23 },
      { zone: 'America/Havana', date: '2026-11-01', start: '2026-11-01T00:00:00-04:00', hours: 25 },
      { zone: 'America/Sao_Paulo', date: '2018-11-04', start: '2018-11-04T01:00:00-02:00', hours: 23 },
      { zone: 'America/Sao_Paulo', date: '2018-02-17', start: '2018-02-17T00:00:00-02:00', hours: 25 },
      { zone: 'Pacific/Apia', date: '2011-12-30', start: '2011-12-31T00:00:00+14:00', hours: 0 },
      { zone: 'Pacific/Kiritimati', date: '2026-01-01', start: '2026-01-01T00:00:00+14:00', hours: 24 },
      { zone: 'Pacific/Pago_Pago', date: '2026-01-01', start: '2026-01-01T00:00:00-11:00', hours: 24 },
    ])
    .run(({ assert }, { zone, date, start, hours }) => {
      const from = startOfDay(day(date), zone)
      assert.equal(localTime(from, zone), start)
      assert.equal(startOfDay(day(date) + DAY_MS, zone) - from, hours * HOUR_MS)
    })

  test('the quarter hours of two years lies in the day and the hour that the platform shows, in {zone}')
    .with(
      ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca'].map(
        (zone) => ({ zone })
      )
    )
    .run(({ assert }, { zone }) => {
      const [from, to] = [Date.UTC(2025, 0, 1), Date.UTC(2027, 0, 1)]
      const wall = wallOf(zone)
      const days = slotsOf('day', from, to, zone)
      const hours = slotsOf('hour', from, to, zone)
      let [inDay, inHour] = [0, 0]
      for (let at = from; at < to; at += QUARTER_MS * 3) {
        while (days[inDay + 1]! <= at) inDay++
        while (hours[inHour + 1]! <= at) inHour++
        const [date] = wall(at).split(' ')
        if (wall(days[inDay]!).split(' ')[0] !== date) assert.fail(`${at} is in the wrong day of ${zone}`)
        if (at - hours[inHour]! >= HOUR_MS) assert.fail(`an hour of ${zone} is too long at ${at}`)
        if (wall(hours[inHour]!).slice(0, 13) !== wall(at).slice(0, 13)) {
          assert.fail(`${at} is in the wrong hour`)
        }
      }
      assert.equal(dayAt(days[5]!, zone), dayAt(days[6]! - 1, zone))
    })
    .timeout(20_000)

  test('an hour that comes twice is two hours', ({ assert }) => {
    const from = startOfDay(day('2026-10-25'), 'Europe/Berlin')
    const times = slotsOf('hour', from, from + 25 * HOUR_MS, 'Europe/Berlin').map((at) =>
      localTime(at, 'Europe/Berlin').slice(11)
    )
    assert.lengthOf(times, 25)
    assert.deepEqual(times.slice(1, 5), [
      '01:00:00+02:00',
      '02:00:00+02:00',
      '02:00:00+01:00',
      '03:00:00+01:00',
    ])
  })

  test('slots begin before the range where it begins within one', ({ assert }) => {
    const from = Date.parse('2026-11-21T09:45:00Z')
    assert.deepEqual(
      slotsOf('hour', from, from + HOUR_MS, 'UTC').map((at) => localTime(at, 'UTC').slice(11, 16)),
      ['09:00', '10:00']
    )
    assert.deepEqual(
      slotsOf('hour', from, from + QUARTER_MS, 'Asia/Kathmandu').map((at) =>
        localTime(at, 'Asia/Kathmandu').slice(11, 16)
      ),
      ['15:00']
    )
    assert.deepEqual(slotsOf('day', from, from + QUARTER_MS, 'UTC'), [day('2026-11-21')])
    assert.lengthOf(slotsOf('15min', from, from + HOUR_MS, 'UTC'), 4)
    assert.deepEqual(slotsOf('total', from, from + DAY_MS, 'UTC'), [from])
  })

  test('{name} is a zone: {expected}')
    .with([
      { name: 'Europe/Berlin', expected: true },
      { name: 'UTC', expected: true },
      { name: 'Asia/Calcutta', expected: true },
      { name: '', expected: false },
      { name: '+01:00', expected: false },
      { name: 'Europe/Atlantis', expected: false },
      { name: 'x'.repeat(100), expected: false },
      { name: "Europe/Berlin'; --", expected: false },
    ])
    .run(({ assert }, { name, expected }) => {
      assert.equal(isZone(name), expected)
    })
})
