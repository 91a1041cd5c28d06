import type { Inventory } from '#modules/inventory/contract'
import type { Id } from '#modules/kernel/ids'
import type { Alternative, SegmentDirectory, Targeting } from '#modules/campaigns/contract'

const LISTS = ['include', 'exclude'] as const

/** A targeting and the alternatives of its groups, each with the path of its fields. */
function partsOf(targeting: Targeting): [path: string, part: Alternative][] {
  return [
    ['targeting', targeting],
    ...(targeting.groups ?? []).flatMap(({ anyOf }, group) =>
      anyOf.map((part, at): [string, Alternative] => [`targeting.groups.${group}.anyOf.${at}`, part])
    ),
  ]
}

/** The first site or placement of a targeting that the organisation does not have; null when all are there. */
export async function strangers(
  inventory: Inventory,
  organisationId: Id<'organisation'>,
  targeting: Targeting
): Promise<{ kind: 'site' | 'placement'; field: string } | null> {
  const parts = partsOf(targeting)
  const all = (dimension: 'sites' | 'placements') =>
    parts.flatMap(([, part]) => LISTS.flatMap((list) => part[dimension]?.[list] ?? []))
  const asked = { sites: all('sites'), placements: all('placements') }
  if (asked.sites.length + asked.placements.length === 0) return null
  const known = await inventory.existing(organisationId, asked)
  for (const [path, part] of parts) {
    for (const dimension of ['sites', 'placements'] as const) {
      for (const list of LISTS) {
        const position = (part[dimension]?.[list] ?? []).findIndex((id) => !known[dimension].has(id))
        const kind = dimension === 'sites' ? 'site' : 'placement'
        if (position !== -1) return { kind, field: `${path}.${dimension}.${list}.${position}` }
      }
    }
  }
  return null
}

/** The first segment of a targeting that the organisation does not have, as the path of its field; null when all are there. */
export async function strangeSegment(
  directory: SegmentDirectory,
  organisationId: Id<'organisation'>,
  targeting: Targeting
): Promise<string | null> {
  const lists = partsOf(targeting).flatMap(([path, { segments = {} }]): [string, readonly string[]][] => [
    [`${path}.segments.include`, segments.include ?? []],
    [`${path}.segments.exclude`, segments.exclude ?? []],
    ...(segments.allOf ?? []).map((ids, at): [string, readonly string[]] => [
      `${path}.segments.allOf.${at}`,
      ids,
    ]),
  ])
  const asked = lists.flatMap(([, ids]) => ids)
  if (asked.length === 0) return null
  const known = await directory.existing(organisationId, asked)
  for (const [path, ids] of lists) {
    const position = ids.findIndex((id) => !known.has(id))
    if (position !== -1) return `${path}.${position}`
  }
  return null
}
