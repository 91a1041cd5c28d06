import type { EdgeRequest } from '#modules/kernel/edge'
import { htmlText } from '#modules/kernel/web_text'
import type { FrontAd, FrontDecision, FrontParts, FrontPlacement } from '#modules/serving/contract'
import type { ReviveQuery, ReviveZone } from '#plugins/front_revive/revive_query'

/** What a zone shows. `html` is empty when there is nothing. */
export type ZoneAd = {
  readonly zone: ReviveZone
  readonly html: string
  readonly width: number
  readonly height: number
  readonly ad: FrontAd | null
}

/** One ad per zone, in order. A zone that is unknown, or of another organisation than the first, stays empty. */
export async function adsFor(
  query: ReviveQuery,
  parts: FrontParts,
  request: EdgeRequest
): Promise<readonly ZoneAd[]> {
  const found = placementsFor(query.zones, parts)
  const words = parts.keyValuesOf(query.variables)
  const slots = found.flatMap(({ placement }) =>
    placement === null ? [] : [{ placement, sizes: null, keywords: [], keyValues: words }]
  )
  if (slots.length === 0) return query.zones.map(emptyZone)
  const decisions = await parts.decide(request, {
    slots,
    url: query.loc === null ? null : parts.pageUrl(query.loc),
    referrer: query.referer === null ? null : parts.pageUrl(query.referer),
    consent: parts.consentOf(query.fields),
    userId: null,
    ip: null,
    userAgent: null,
    credential: null,
  })
  const left = withoutBlocked(decisions, query)[Symbol.iterator]()
  return found.map(({ zone, placement }) =>
    placement === null ? emptyZone(zone) : shown(zone, left.next().value)
  )
}

function placementsFor(
  zones: readonly ReviveZone[],
  { externalIds, placement }: FrontParts
): { readonly zone: ReviveZone; readonly placement: FrontPlacement | null }[] {
  let organisationId: string | null = null
  return zones.map((zone) => {
    const target = zone.zoneId === null ? null : externalIds.find('placement', zone.zoneId)
    organisationId ??= target?.organisationId ?? null
    const own = target !== null && target.organisationId === organisationId
    return { zone, placement: own ? placement(target.object) : null }
  })
}

/** `block` and `blockcampaign`: nothing twice in one call. */
function withoutBlocked(
  decisions: readonly FrontDecision[],
  { block, blockCampaign }: ReviveQuery
): FrontDecision[] {
  const seen = new Set<string>()
  return decisions.map((decision) => {
    const { ad } = decision
    if (ad === null) return decision
    const blocked = (block && seen.has(ad.creativeId)) || (blockCampaign && seen.has(ad.campaignId))
    seen.add(ad.creativeId).add(ad.campaignId)
    return blocked ? { ...decision, ad: null, fallback: null } : decision
  })
}

function emptyZone(zone: ReviveZone): ZoneAd {
  return { zone, html: '', width: 0, height: 0, ad: null }
}

function shown(zone: ReviveZone, decision: FrontDecision | undefined): ZoneAd {
  const { ad = null, fallback = null } = decision ?? {}
  if (ad) return { zone, html: ad.markup + beacon(ad.impressionUrl), width: ad.width, height: ad.height, ad }
  return fallback
    ? { zone, html: fallback.markup, width: fallback.width, height: fallback.height, ad }
    : emptyZone(zone)
}

/** Counts the impression when the browser lays the ad out. */
function beacon(url: string): string {
  return `<img src="${htmlText(url)}" width="1" height="1" alt="" style="position:absolute;visibility:hidden">`
}
