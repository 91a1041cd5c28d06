import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import type { SnapshotBudget } from '#modules/campaigns/contract'
import { Spending, spentCampaigns } from '#modules/billing/services/spending'

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
