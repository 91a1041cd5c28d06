import type { Inventory } from '#modules/inventory/contract'
import type { Id } from '#modules/kernel/ids'
import type { SegmentDirectory, Targeting } from '#modules/campaigns/contract'

const LISTS = ['include', 'exclude'] as const

/** The first site or placement of a targeting that the organisation does not have; null when all are there. */
export async function strangers(
  inventory: Inventory,
  organisationId: Id<'organisation'>,
  targeting: Targeting
): Promise<{ kind: 'site' | 'placement'; field: string } | null> {
  const all = (dimension: 'sites' | 'placements') =>
    LISTS.flatMap((list) => targeting[dimension]?.[list] ?? [])
  const asked = { sites: all('sites'), placements: all('placements') }
  if (asked.sites.length + asked.placements.length === 0) return null
  const known = await inventory.existing(organisationId, asked)
  for (const dimension of ['sites', 'placements'] as const) {
    for (const list of LISTS) {
      const position = (targeting[dimension]?.[list] ?? []).findIndex((id) => !known[dimension].has(id))
      const kind = dimension === 'sites' ? 'site' : 'placement'
      if (position !== -1) return { kind, field: `targeting.${dimension}.${list}.${position}` }
    }
  }
  return null
}

/** The first segment of a targeting that the organisation does not have, as the path of its field; null when all are there. */
export async function strangeSegment(
  directory: SegmentDirectory,
  organisationId: Id<'organisation'>,
  { segments = {} }: Targeting
): Promise<string | null> {
  const lists: [path: string, ids: readonly string[]][] = [
    ['include', segments.include ?? []],
    ['exclude', segments.exclude ?? []],
    ...(segments.allOf ?? []).map((ids, at): [string, readonly string[]] => [`allOf.${at}`, ids]),
  ]
  const asked = lists.flatMap(([, ids]) => ids)
  if (asked.length === 0) return null
  const known = await directory.existing(organisationId, asked)
  for (const [path, ids] of lists) {
    const position = ids.findIndex((id) => !known.has(id))
    if (position !== -1) return `targeting.segments.${path}.${position}`
  }
  return null
}
