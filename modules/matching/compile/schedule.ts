import type { Daypart, SnapshotLineItem } from '#modules/campaigns/contract'
import { QUARTERS_PER_WEEK, type Schedule } from '#modules/matching/hot/schedule'
import { QUARTER_MS, ZoneHour } from '#modules/matching/hot/zone_hour'
import { SnapshotInvalidException } from '#modules/matching/exceptions'

/** Groups line items by (zone, quarters of the week) and lays out starts and ends; holds at no instant yet. */
export function compileSchedule(words: number, lineItems: readonly (SnapshotLineItem | null)[]): Schedule {
  const startsAt = new Float64Array(lineItems.length).fill(Infinity)
  const endsAt = new Float64Array(lineItems.length).fill(-Infinity)
  const groupOf = new Uint32Array(lineItems.length)
  const groups = new Groups()
  const edges = new Set<number>()
  lineItems.forEach((lineItem, line) => {
    if (lineItem === null) return
    startsAt[line] = lineItem.startsAt
    endsAt[line] = lineItem.endsAt ?? Infinity
    edges.add(lineItem.startsAt)
    if (lineItem.endsAt !== null) edges.add(lineItem.endsAt)
    groupOf[line] = groups.of(lineItem)
  })
  return {
    lineCount: lineItems.length,
    startsAt,
    endsAt,
    edges: Float64Array.from(edges).sort(),
    groupOf,
    zones: groups.zones,
    zoneOfGroup: Uint32Array.from(groups.zoneOfGroup),
    quarters: endToEnd(groups.weeks),
    interval: new Float64Array([Infinity, -Infinity]),
    groupRuns: new Uint8Array(groups.weeks.length),
    running: new Int32Array(words),
  }
}

/** The 672 quarters of the hours of a week, Monday first: 1 where one of the dayparts covers it. */
export function weekOf(dayparts: readonly Daypart[]): Uint8Array {
  const week = new Uint8Array(QUARTERS_PER_WEEK)
  for (const { days, fromHour, toHour } of dayparts) {
    for (const day of days) week.fill(1, (day - 1) * 96 + fromHour * 4, (day - 1) * 96 + toHour * 4)
  }
  return week
}

/** The zone of dayparts that do not go by the viewer's clock. */
export function daypartZone(stated: string | undefined, campaignZone: string): string {
  return stated === undefined || stated === 'campaign' ? campaignZone : stated
}

function endToEnd(weeks: readonly Uint8Array[]): Uint8Array {
  const quarters = new Uint8Array(weeks.length * QUARTERS_PER_WEEK)
  weeks.forEach((week, group) => quarters.set(week, group * QUARTERS_PER_WEEK))
  return quarters
}

/** Equal (zone, week) share a group; group 0 is for line items without dayparts, and for those on the viewer's clock. */
class Groups {
  readonly zones: ZoneHour[] = []
  readonly zoneOfGroup: number[] = [0]
  readonly weeks: Uint8Array[] = [new Uint8Array(QUARTERS_PER_WEEK)]
  readonly #groups = new Map<string, number>()
  readonly #zones = new Map<string, number>()

  of({ id, timeZone, targeting }: SnapshotLineItem): number {
    if (!targeting.dayparts?.length || targeting.daypartZone === 'viewer') return 0
    const week = weekOf(targeting.dayparts)
    const zone = daypartZone(targeting.daypartZone, timeZone)
    const key = `${zone} ${Buffer.from(week).toString('latin1')}`
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    this.zoneOfGroup.push(this.#zone(id, zone))
    this.#groups.set(key, this.weeks.length)
    return this.weeks.push(week) - 1
  }

  #zone(lineItemId: string, timeZone: string): number {
    const known = this.#zones.get(timeZone)
    if (known !== undefined) return known
    try {
      this.#zones.set(timeZone, this.zones.length)
      return this.zones.push(new ZoneHour(timeZone, QUARTER_MS)) - 1
    } catch (cause) {
      throw new SnapshotInvalidException(
        `lineItems[${lineItemId}].timeZone`,
        timeZone,
        'an IANA time zone',
        cause
      )
    }
  }
}
