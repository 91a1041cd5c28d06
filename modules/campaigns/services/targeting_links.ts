import type { Inventory } from '#modules/inventory/contract'
import type { Id } from '#modules/kernel/ids'
import type { Targeting } from '#modules/campaigns/contract'

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
