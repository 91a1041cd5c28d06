import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import type { SnapshotBudget } from '#modules/campaigns/contract'
import { Spending, spentCampaigns, spentLineItems } from '#modules/billing/services/spending'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const budget = (
  campaign: string,
  totalNanos: string | null,
  dailyNanos: string | null,
  timeZone = 'UTC'
): [string, SnapshotBudget] => [
  campaign,
  { campaignId: campaign as Id<'campaign'>, timeZone, totalNanos, dailyNanos },
]
const campaignOf = new Map([
  ['a1', 'a'],
  ['a2', 'a'],
  ['b1', 'b'],
])

function spending(): Spending {
  const known = new Spending()
  known.setLifetime('a1', 'EUR', { impressions: 2, clicks: 1, spend: 40n })
  known.setLifetime('a1', 'USD', { impressions: 3, clicks: 0, spend: 5n })
  known.setLifetime('a2', 'EUR', { impressions: 1, clicks: 0, spend: 60n })
  known.setLifetime('gone', 'EUR', { impressions: 9, clicks: 9, spend: 999n })
  known.setDay('2026-11-21', 'a1', 'EUR', 7n)
  known.setDay('2026-11-21', 'a2', 'EUR', 3n)
  known.setDay('2026-11-22', 'a1', 'EUR', 11n)
  known.setDay('2026-11-20', 'b1', 'EUR', 50n)
  return known
}

test.group('spentLineItems', () => {
  const one = (totalNanos: string | null, dailyNanos: string | null, timeZone = 'UTC') => {
    return [{ lineItemId: 'a1' as Id<'line_item'>, timeZone, totalNanos, dailyNanos }]
  }
  test('total {total}, daily {daily} in {zone}: {spent}')
    .with([
      { total: null, daily: null, zone: 'UTC', spent: false },
      { total: '40', daily: null, zone: 'UTC', spent: true },
      { total: '41', daily: null, zone: 'UTC', spent: false },
      { total: '41', daily: '7', zone: 'UTC', spent: true },
      { total: null, daily: '8', zone: 'UTC', spent: false },
      { total: null, daily: '8', zone: 'Pacific/Kiritimati', spent: true },
      { total: null, daily: '12', zone: 'Pacific/Kiritimati', spent: false },
    ])
    .run(({ assert }, { total, daily, zone, spent }) => {
      assert.equal(spentLineItems(spending(), one(total, daily, zone), NOON).has('a1'), spent)
    })

  test('a day with a change of clocks is one day: {name}')
    .with([
      { name: 'the long one, first hour', at: '2026-10-24T22:00:00Z', day: '2026-10-25' },
      { name: 'the long one, 25th hour', at: '2026-10-25T22:59:59Z', day: '2026-10-25' },
      { name: 'the day after the long one', at: '2026-10-25T23:00:00Z', day: '2026-10-26' },
      { name: 'the short one, first hour', at: '2026-03-28T23:00:00Z', day: '2026-03-29' },
      { name: 'the short one, 23rd hour', at: '2026-03-29T21:59:59Z', day: '2026-03-29' },
      { name: 'the day after the short one', at: '2026-03-29T22:00:00Z', day: '2026-03-30' },
    ])
    .run(({ assert }, { at, day }) => {
      const known = new Spending()
      known.setDay(day, 'a1', 'EUR', 5n)
      const budgets = one(null, '5', 'Europe/Berlin')
      assert.isTrue(spentLineItems(known, budgets, Date.parse(at)).has('a1'))
      const other = new Spending()
      for (const next of [-1, 1]) {
        const around = new Date(Date.parse(day) + next * 86_400_000).toISOString().slice(0, 10)
        other.setDay(around, 'a1', 'EUR', 5n)
      }
      assert.isFalse(spentLineItems(other, budgets, Date.parse(at)).has('a1'))
    })

  test('other line items of the campaign, and money of another currency, do not count', ({ assert }) => {
    assert.isFalse(spentLineItems(spending(), one('45', null), NOON).has('a1'))
    const unknown = [
      { lineItemId: 'new' as Id<'line_item'>, timeZone: 'UTC', totalNanos: '1', dailyNanos: '1' },
    ]
    assert.equal(spentLineItems(spending(), unknown, NOON).size, 0)
  })
})

test.group('spentCampaigns', () => {
  test('total {total}, daily {daily} in {zone}: {spent}')
    .with([
      { total: null, daily: null, zone: 'UTC', spent: false },
      { total: '100', daily: null, zone: 'UTC', spent: true },
      { total: '101', daily: null, zone: 'UTC', spent: false },
      { total: '101', daily: '10', zone: 'UTC', spent: true },
      { total: null, daily: '11', zone: 'UTC', spent: false },
      { total: null, daily: '11', zone: 'Pacific/Kiritimati', spent: true },
      { total: null, daily: '12', zone: 'Pacific/Kiritimati', spent: false },
    ])
    .run(({ assert }, { total, daily, zone, spent }) => {
      const budgets = new Map([budget('a', total, daily, zone), budget('b', '1', null)])
      assert.equal(spentCampaigns(spending(), { campaignOf, budgets }, NOON).has('a'), spent)
    })

  test('counts are added over currencies, money is not', ({ assert }) => {
    assert.deepEqual(spending().delivered().get('a1'), { impressions: 5, clicks: 1 })
    assert.equal(spending().lifetimeByCampaign(campaignOf).get('a')!.get('EUR'), 100n)
  })

  test('days that are over are forgotten', ({ assert }) => {
    const known = spending()
    known.forgetBefore('2026-11-21')
    assert.equal(known.dayByCampaign('2026-11-20', campaignOf).size, 0)
    assert.equal(known.dayByCampaign('2026-11-21', campaignOf).get('a')!.get('EUR'), 10n)
  })
})
