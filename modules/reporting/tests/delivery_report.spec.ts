import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { SeededRandom } from '#modules/kernel/random'
import { DAY_MS } from '#modules/kernel/time'
import { GRANULARITIES, GROUPS, Reporting, type DeliveryRow, type Group } from '#modules/reporting/contract'
import { RollUp } from '#modules/reporting/services/roll_up'
import { Dice } from '#tests/support/dice'
import { deliveryWorld, randomHistory } from '#tests/support/report_world'
import { recount, rowName } from '#tests/support/naive_recount'

/** The last Sunday of a month (from 0) that is at least ten days ago: when clocks change in Europe. */
function lastSunday(month: number): number {
  for (let year = new Date().getUTCFullYear(); ; year--) {
    const end = Date.UTC(year, month + 1, 0)
    const sunday = end - new Date(end).getUTCDay() * DAY_MS
    if (sunday < Date.now() - 10 * DAY_MS) return sunday
  }
}
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham', 'UTC']
const GROUPINGS: Group[][] = [
  [],
  ...GROUPS.map((group) => [group]),
  ['campaign', 'country'],
  ['placement', 'line_item', 'creative', 'device'],
  [...GROUPS],
]
const comparable = ({
  requests,
  impressions,
  viewable,
  measurable,
  conversions,
  clicks,
  spend,
  gross,
  filtered,
  filteredByKind,
}: DeliveryRow) => ({
  requests,
  impressions,
  viewable,
  measurable,
  conversions,
  clicks,
  spend,
  gross,
  filtered,
  filteredByKind,
})

test.group('delivery report', () => {
  test(
    'random histories over a change of clocks ({name}) count as a naive recount counts them, by all zones, times and groups'
  )
    .with([
      { name: 'autumn', month: 9, seed: 20261025 },
      { name: 'spring', month: 2, seed: 20260329 },
    ])
    .run(async ({ assert, test: running }, { month, seed }) => {
      const world = await deliveryWorld(running)
      const dice = new Dice(new SeededRandom(seed))
      const sunday = lastSunday(month)
      const facts = randomHistory(world, dice, 700, sunday - 2 * DAY_MS, sunday + 9 * DAY_MS)
      await world.settle(facts)
      await (await app.container.make(RollUp)).run()
      const reporting = await app.container.make(Reporting)
      let compared = 0
      for (const zone of ZONES) {
        for (const granularity of GRANULARITIES) {
          const groups = dice.pick(GROUPINGS)
          const from = sunday - 2 * DAY_MS + dice.below(100) * 900_000
          const to = from + (1 + dice.below(900)) * 900_000
          const query = {
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
            zone,
            granularity,
            group: groups,
          }
          const report = await reporting.delivery(world.principal, query)
          if (!report.ok) return assert.fail(JSON.stringify(report.error))
          const expected = recount(facts, world.lines, {
            from,
            to,
            zone,
            granularity,
            groups,
            currency: 'EUR',
          })
          const found = new Map(
            report.value.rows.map((row) => [rowName(row, granularity, groups), comparable(row)])
          )
          assert.equal(found.size, report.value.rows.length, 'no row twice')
          assert.deepEqual(
            Object.fromEntries(found),
            Object.fromEntries(expected.rows),
            `${zone} ${granularity} ${groups.join()}`
          )
          assert.deepEqual(comparable(report.value.total), expected.total)
          compared += found.size
        }
      }
      assert.isAbove(compared, 200)
    })
    .timeout(120_000)

  test('every grouping adds up to the same total, sorted by time and keys', async ({
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const from = lastSunday(9)
    const facts = randomHistory(world, new Dice(new SeededRandom(7)), 300, from, from + 2 * DAY_MS)
    await world.settle(facts)
    await (await app.container.make(RollUp)).run()
    const reporting = await app.container.make(Reporting)
    const range = { from: new Date(from).toISOString(), to: new Date(from + 2 * DAY_MS).toISOString() }
    const totals = []
    for (const group of GROUPINGS) {
      const report = await reporting.delivery(world.principal, { ...range, granularity: 'hour', group })
      if (!report.ok) return assert.fail(JSON.stringify(report.error))
      totals.push(JSON.stringify(comparable(report.value.total)))
      const names = report.value.rows.map((row) => [
        Date.parse(row.time!),
        ...group.map((key) => row[key] ?? '~'),
      ])
      assert.deepEqual(
        names,
        names.toSorted((left, right) => compare(left, right)),
        group.join()
      )
    }
    assert.lengthOf(new Set(totals), 1)
  })
})

function compare(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  const at = left.findIndex((value, index) => value !== right[index])
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1
}
