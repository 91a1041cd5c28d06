import { test } from '@japa/runner'
import { wallClock } from '#modules/kernel/calendar'
import { DAY_MS } from '#modules/kernel/time'
import { newPace, pace, CATCH_UP, HORIZON_MS } from '#modules/billing/services/pacing/pace'
import {
  learnCurve,
  planDay,
  shareBy,
  SLOTS,
  weightBetween,
} from '#modules/billing/services/pacing/traffic_curve'
import { recordFigure } from '#tests/support/figures'
import { simulateDay, type Shape, type SimulatedDay } from '#tests/support/pacing_simulator'

const SEED = 20_261_121
const ZONE = 'Europe/Berlin'
const HOUR_MS = 3_600_000
const hourIn = (at: number, zone: string) => (wallClock(at, zone) % DAY_MS) / HOUR_MS

const flat: Shape = () => 1
/** Least at 4 in the morning, most at 16: three times to one. */
const diurnal: Shape = (at) => 1 + 0.5 * Math.cos(((hourIn(at, ZONE) - 16) / 12) * Math.PI)
/** Ten minutes of three times the traffic, every third hour, at minute 20. */
const spiky: Shape = (at) => {
  const hour = hourIn(at, ZONE)
  const minute = (hour % 1) * 60
  return diurnal(at) * (Math.floor(hour) % 3 === 1 && minute >= 20 && minute < 30 ? 3 : 1)
}
const day = (more: Partial<SimulatedDay>): SimulatedDay => ({
  seed: SEED,
  zone: ZONE,
  at: Date.parse('2026-06-10T12:00:00Z'),
  quantity: 30_000,
  demand: 2,
  shape: diurnal,
  history: diurnal,
  ...more,
})

/** Of a cold start the hours do not count, only the sums: its curve changes as it learns. */
const DAYS: readonly (readonly [string, SimulatedDay])[] = [
  ['flat', day({ shape: flat, history: flat })],
  ['diurnal', day({})],
  ['diurnal, demand of only 1.3', day({ demand: 1.3 })],
  ['diurnal, demand of 20', day({ demand: 20 })],
  ['spiky, the spikes unknown', day({ shape: spiky })],
  ['half of the traffic forecast', day({ historyLevel: 2, demand: 1.5 })],
  ['half more traffic than forecast', day({ historyLevel: 1 / 1.5, demand: 3 })],
  ['cold start', day({ history: null })],
  ['23 hours', day({ at: Date.parse('2026-03-29T12:00:00Z') })],
  ['25 hours', day({ at: Date.parse('2026-10-25T12:00:00Z') })],
]

test.group('even pacing on simulated days', () => {
  for (const [name, given] of DAYS) {
    test(`a day stays on its curve, lasts and delivers: ${name}`, ({ assert }) => {
      const paced = simulateDay(given)
      const free = simulateDay({ ...given, paced: false })
      const percent = (share: number) => Number((share * 100).toFixed(2))
      recordFigure(`pacing, ${name}: hour furthest from the curve`, percent(paced.worstHour), '%')
      recordFigure(`pacing, ${name}: the same without pacing`, percent(free.worstHour), '%')
      recordFigure(
        `pacing, ${name}: sum since midnight furthest from the curve`,
        percent(paced.worstSum),
        '%'
      )
      recordFigure(`pacing, ${name}: delivered`, percent(paced.delivered / given.quantity), '%')
      recordFigure(`pacing, ${name}: of the day over when exhausted`, percent(paced.exhaustedAt), '%')
      recordFigure(`pacing, ${name}: the same without pacing`, percent(free.exhaustedAt), '%')
      if (given.history !== null) assert.isAtMost(paced.worstHour, 0.05)
      assert.isAtMost(paced.worstSum, 0.05)
      assert.isAtLeast(paced.delivered, 0.98 * given.quantity)
      assert.isAtMost(paced.delivered, 1.005 * given.quantity)
      assert.isAtLeast(paced.exhaustedAt, 0.95)
      assert.isBelow(free.exhaustedAt, 0.9)
    })
  }
})

test.group('the controller', () => {
  const NOON = Date.parse('2026-06-10T10:00:00Z')
  const plan = planDay(new Float64Array(SLOTS).fill(1), ZONE, NOON, { startsAt: 0, endsAt: null })
  const read = (nowMs: number, quantity: number, delivered: number) => ({
    nowMs,
    plan,
    quantity,
    delivered,
    unit: 1,
  })

  test('stops when the quantity is reached, and while it is more than the horizon ahead', ({ assert }) => {
    assert.equal(pace(newPace(), read(NOON, 1000, 1000)), 0)
    assert.equal(pace(newPace(), read(NOON, 1000, 600)), 0)
  })

  test('takes all when what is left cannot otherwise be delivered', ({ assert }) => {
    const evening = plan.to - 60_000
    assert.equal(pace(newPace(), read(evening, 1000, 0)), 1)
  })

  test('makes a deficit up at no more than twice the pace of the curve', ({ assert }) => {
    const state = newPace()
    let [delivered, before] = [0, 0]
    const demand = 1 // a second, five times what is needed
    for (let now = NOON; now < NOON + 2 * HORIZON_MS; now += 1_000) {
      if (now === NOON + HORIZON_MS) before = delivered
      delivered += pace(state, read(now, 17_280, delivered)) * demand
    }
    const curve = (17_280 * HORIZON_MS) / DAY_MS
    assert.approximately((delivered - before) / curve, CATCH_UP, 0.1)
  })
})

test.group('traffic curves', () => {
  const QUARTER_MS = 900_000
  const NOON = Date.parse('2026-06-10T10:00:00Z')

  test('are flat when nothing is known', ({ assert }) => {
    assert.deepEqual([...new Set(learnCurve(new Map(), ZONE, NOON))], [1])
    assert.deepEqual([...new Set(learnCurve(new Map([[NOON, 5]]), ZONE, NOON))], [1], 'the running quarter')
  })

  test('a day of {hours} hours is one whole')
    .with([
      { at: '2026-03-29T12:00:00Z', hours: 23 },
      { at: '2026-06-10T12:00:00Z', hours: 24 },
      { at: '2026-10-25T12:00:00Z', hours: 25 },
    ])
    .run(({ assert }, { at, hours }) => {
      const flatCurve = new Float64Array(SLOTS).fill(1)
      const whole = planDay(flatCurve, ZONE, Date.parse(at), { startsAt: 0, endsAt: null })
      assert.equal((whole.to - whole.from) / HOUR_MS, hours)
      assert.equal(shareBy(whole, whole.from), 0)
      assert.approximately(shareBy(whole, whole.from + HOUR_MS), 1 / hours, 1e-12)
      assert.equal(shareBy(whole, whole.to), 1)
      assert.equal(weightBetween(flatCurve, ZONE, whole.from, whole.to), hours * 4)
    })

  test('a day is cut to the running time, and hours that are closed weigh nothing', ({ assert }) => {
    const term = { startsAt: NOON - 2 * HOUR_MS, endsAt: NOON + 2 * HOUR_MS }
    const curve = new Float64Array(SLOTS).fill(1)
    const open = (at: number) => at >= NOON
    const cut = planDay(curve, ZONE, NOON, term, open)
    assert.deepEqual([cut.from, cut.to], [term.startsAt, term.endsAt])
    assert.equal(shareBy(cut, NOON), 0)
    assert.equal(shareBy(cut, NOON + HOUR_MS + QUARTER_MS / 2), 0.5625)
    const weeks = weightBetween(curve, ZONE, cut.from, cut.from + 15 * DAY_MS)
    assert.equal(weeks, 15 * SLOTS)
  })
})
