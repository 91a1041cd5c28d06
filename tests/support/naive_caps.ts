/** The oracle of frequency caps: remembers every ad that was shown and counts them all anew, with luxon for calendars. */
import { DateTime } from 'luxon'
import type { FrequencyCap, SnapshotCaps } from '#modules/campaigns/contract'

export type Shown = { readonly person: string; readonly at: number; readonly owners: readonly string[] }

/** Ids of the owners of which a person may see no more at an instant. */
export function naiveCapped(
  caps: readonly SnapshotCaps[],
  shown: readonly Shown[],
  person: string,
  now: number
): Set<string> {
  const capped = new Set<string>()
  for (const { id, timeZone, rules } of caps) {
    const seen = shown.filter((one) => one.person === person && one.owners.includes(id)).map(({ at }) => at)
    for (const rule of rules) {
      const since = sinceWhen(rule.per, now, timeZone)
      if (seen.filter((at) => at >= since).length >= rule.impressions) capped.add(id)
    }
  }
  return capped
}

function sinceWhen(per: FrequencyCap['per'], now: number, zone: string): number {
  if (per === 'lifetime') return -Infinity
  const local = DateTime.fromMillis(now, { zone })
  if (per === 'day') return local.startOf('day').toMillis()
  // Not startOf('hour'), which takes an hour that comes twice for one.
  if (per === 'hour') {
    return now - (((local.minute * 60 + local.second) * 1000 + local.millisecond) % 3_600_000)
  }
  const part = Math.ceil(per.minutes / 60) * 60_000
  return now - (now % part) - Math.ceil((per.minutes * 60_000) / part) * part
}
