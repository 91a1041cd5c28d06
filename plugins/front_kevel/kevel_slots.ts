import { err, ok, type Result } from '#modules/kernel/result'
import type { FrontParts, FrontPlacement, FrontSize } from '#modules/serving/contract'
import { sizesOf } from '#plugins/front_kevel/ad_types'
import type { KevelPlacement, KevelRefusal } from '#plugins/front_kevel/kevel_request'

/** Where one of the request's placements leads; null when nothing of ours stands for it, so it gets no ad. */
export type KevelSlot = {
  readonly asked: KevelPlacement
  readonly found: { readonly placement: FrontPlacement; readonly sizes: readonly FrontSize[] | null } | null
}
type Resolved = { readonly organisationId: string | null; readonly slots: readonly KevelSlot[] }

/**
 * Finds our placements: by zone where the request names one, else among those of the site that allow one of the ad
 * types' sizes. All belong to one network, which is one of our organisations.
 */
export function resolveSlots(
  placements: readonly KevelPlacement[],
  parts: FrontParts
): Result<Resolved, KevelRefusal> {
  const slots: KevelSlot[] = []
  let organisationId: string | null = null
  for (const [index, asked] of placements.entries()) {
    const owner = ownerOf(asked, parts)
    if (owner === null && asked.networkId !== null) {
      return err({
        field: `placements[${index}].networkId`,
        message: `There is no network ${asked.networkId}.`,
      })
    }
    if (owner !== null && organisationId !== null && owner !== organisationId) {
      return err({
        field: `placements[${index}].networkId`,
        message: 'All placements of a request belong to one network.',
      })
    }
    organisationId ??= owner
    slots.push({ asked, found: owner === null ? null : findPlacement(asked, owner, parts) })
  }
  return ok({ organisationId, slots })
}

/** The network when it is named, else whoever has the site or the zone. */
function ownerOf({ networkId, siteId, zoneIds }: KevelPlacement, { externalIds }: FrontParts): string | null {
  if (networkId !== null) return externalIds.find('organisation', String(networkId))?.organisationId ?? null
  const site = siteId === null ? null : externalIds.find('site', String(siteId))
  const zone = zoneIds.length === 0 ? null : externalIds.find('placement', String(zoneIds[0]))
  return site?.organisationId ?? zone?.organisationId ?? null
}

function findPlacement(asked: KevelPlacement, organisationId: string, parts: FrontParts): KevelSlot['found'] {
  const sizes = sizesOf(organisationId, asked.adTypes, parts.externalIds)
  const byZone = asked.zoneIds.length > 0
  const candidates = byZone ? zonesOf(asked, organisationId, parts) : siteOf(asked, organisationId, parts)
  const fitting = candidates.filter((placement) => placement.active && allows(placement, sizes))
  const placement = fitting[0]
  if (placement) return { placement, sizes }
  // A zone whose ad types nobody has mapped to sizes shows what it is made for.
  const zone = byZone && sizes.length === 0 ? candidates[0] : undefined
  return zone ? { placement: zone, sizes: null } : null
}

function zonesOf({ zoneIds }: KevelPlacement, organisationId: string, parts: FrontParts): FrontPlacement[] {
  return zoneIds.flatMap((zoneId) => {
    const target = parts.externalIds.find('placement', String(zoneId))
    const placement = target?.organisationId === organisationId ? parts.placement(target.object) : null
    return placement ?? []
  })
}

function siteOf({ siteId }: KevelPlacement, organisationId: string, parts: FrontParts): FrontPlacement[] {
  const target = siteId === null ? null : parts.externalIds.find('site', String(siteId))
  if (target?.organisationId !== organisationId) return []
  return parts.placementsOf(organisationId).filter((placement) => placement.siteId === target.object)
}

function allows(placement: FrontPlacement, sizes: readonly FrontSize[]): boolean {
  return sizes.some(({ width, height }) =>
    placement.sizes.some((size) => size.width === width && size.height === height)
  )
}
