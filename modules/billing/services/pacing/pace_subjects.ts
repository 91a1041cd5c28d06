/** What of a snapshot is paced, and the hours in which it may deliver. */
import { wallClock } from '#modules/kernel/calendar'
import { DAY_MS, QUARTER_MS } from '#modules/kernel/time'
import type { ServingSnapshot, SnapshotLineItem } from '#modules/campaigns/contract'
import type { Open } from '#modules/billing/services/pacing/traffic_curve'

/** A goal, or the daily budget of a campaign. */
export type Subject = {
  /** Survives a change of the snapshot. */
  readonly key: string
  readonly lineItems: readonly SnapshotLineItem[]
  readonly timeZone: string
  readonly startsAt: number
  readonly endsAt: number | null
  /** Placements whose traffic counts; null = all of the organisation. */
  readonly placements: ReadonlySet<string> | null
  readonly open: Open
  readonly budgetNanos: number | null
  /** What one delivery adds: 1, or the highest price among the line items. */
  readonly unit: number
}

const HOURS_A_QUARTER = 0.25

/**
 * Goals of standard line items, and daily budgets over the standard and price priority line items of their campaign.
 * Accelerated ones are left out; sponsors go by their share of voice, house ads have nothing to pace.
 */
export function subjectsOf(snapshot: ServingSnapshot): Subject[] {
  const even = snapshot.lineItems.filter(
    ({ tier, pacing }) => pacing !== 'accelerated' && (tier === 'standard' || tier === 'price_priority')
  )
  const goals = even
    .filter(({ tier, goal, endsAt }) => tier === 'standard' && goal !== null && endsAt !== null)
    .map((line) => subject(snapshot, `goal ${line.id}`, [line], null))
  const budgets = snapshot.budgets.flatMap(({ campaignId, dailyNanos }) => {
    const lines = even.filter((line) => line.campaignId === campaignId && line.price > 0)
    return dailyNanos === null || lines.length === 0
      ? []
      : [subject(snapshot, `budget ${campaignId}`, lines, Number(dailyNanos))]
  })
  return [...goals, ...budgets]
}

function subject(
  snapshot: ServingSnapshot,
  key: string,
  lineItems: readonly SnapshotLineItem[],
  budgetNanos: number | null
): Subject {
  const ends = lineItems.map(({ endsAt }) => endsAt ?? Infinity)
  const opens = lineItems.map(openOf)
  const latest = Math.max(...ends)
  return {
    key,
    lineItems,
    timeZone: lineItems[0].timeZone,
    startsAt: Math.min(...lineItems.map(({ startsAt }) => startsAt)),
    endsAt: latest === Infinity ? null : latest,
    placements: placementsOf(snapshot, lineItems),
    open: (at) => opens.some((open) => open(at)),
    budgetNanos,
    unit: budgetNanos === null ? 1 : Math.max(...lineItems.map(({ price }) => price)),
  }
}

/** Those that placement and site targeting admit; null when it admits every one. */
function placementsOf(
  { placements }: ServingSnapshot,
  lineItems: readonly SnapshotLineItem[]
): ReadonlySet<string> | null {
  const admitted = placements.filter(({ id, siteId }) =>
    lineItems.some(({ targeting }) => admits(targeting.placements, id) && admits(targeting.sites, siteId))
  )
  return admitted.length === placements.length ? null : new Set(admitted.map(({ id }) => id))
}

function admits(rule: { include?: readonly string[]; exclude?: readonly string[] } | undefined, id: string) {
  return (!rule?.include?.length || rule.include.includes(id)) && !rule?.exclude?.includes(id)
}

/** Dayparts by the viewer's clock are open at all times: viewers are in many zones. */
function openOf({ targeting, timeZone }: SnapshotLineItem): Open {
  const { dayparts, daypartZone = 'campaign' } = targeting
  if (!dayparts?.length || daypartZone === 'viewer') return () => true
  const zone = daypartZone === 'campaign' ? timeZone : daypartZone
  return (at) => {
    const wall = wallClock(at, zone)
    const day = Math.floor(wall / DAY_MS)
    // 1970-01-01 was a Thursday.
    const weekday = ((day + 3) % 7) + 1
    const hour = Math.floor((wall - day * DAY_MS) / QUARTER_MS) * HOURS_A_QUARTER
    return dayparts.some(
      ({ days, fromHour, toHour }) => days.includes(weekday) && hour >= fromHour && hour < toHour
    )
  }
}
