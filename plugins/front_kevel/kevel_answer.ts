import type { ExternalIds, FrontAd, FrontDecision } from '#modules/serving/contract'
import type { KevelPlacement, KevelRequest } from '#plugins/front_kevel/kevel_request'
import type { KevelSlot } from '#plugins/front_kevel/kevel_slots'

/** @source Kevel's event ids: 40 is the viewable impression */
const VIEWABLE_IMPRESSION = 40
/** @source Kevel's rate types */
const RATE_TYPES: Readonly<Record<string, number>> = { cpm: 2, vcpm: 2, cpc: 3, cpa: 6 }
const MICROS = 1_000_000

/**
 * The body of an answer: one decision per placement, a list of them where `count` is above 1, null where there is no
 * ad. `decisions` are those of the found slots, in order, each `count` times.
 */
export function answerOf(
  request: KevelRequest,
  slots: readonly KevelSlot[],
  decisions: readonly FrontDecision[],
  organisationId: string | null,
  ids: ExternalIds
): object {
  const byDiv: Record<string, unknown> = Object.create(null)
  let next = 0
  for (const { asked, found } of slots) {
    const count = found === null ? 0 : asked.count
    const own = decisions.slice(next, next + count)
    next += count
    const shown = own.flatMap(({ ad }) => {
      const decision = ad && organisationId && decisionOf(ad, asked, request, organisationId, ids)
      return decision || []
    })
    byDiv[asked.divName] = asked.count > 1 ? shown : (shown[0] ?? null)
  }
  return { user: request.userKey === null ? {} : { key: request.userKey }, decisions: byDiv }
}

/** Null when the request forbids this ad: blocked, or another than the one campaign, flight or ad asked for. */
function decisionOf(
  ad: FrontAd,
  asked: KevelPlacement,
  request: KevelRequest,
  organisationId: string,
  ids: ExternalIds
): object | null {
  const number = (kind: 'creative' | 'advertiser' | 'line_item' | 'campaign', id: string) =>
    ids.numberOf(organisationId, kind, id)
  const creativeId = number('creative', ad.creativeId)
  const flightId = number('line_item', ad.lineItemId)
  const campaignId = number('campaign', ad.campaignId)
  if (creativeId !== undefined && request.blockedCreatives.includes(creativeId)) return null
  if (asked.adId !== null && asked.adId !== creativeId) return null
  if (asked.flightId !== null && asked.flightId !== flightId) return null
  if (asked.campaignId !== null && asked.campaignId !== campaignId) return null
  const events = asked.eventIds.includes(VIEWABLE_IMPRESSION)
    ? [{ id: VIEWABLE_IMPRESSION, url: ad.viewableUrl }]
    : []
  return {
    adId: creativeId,
    creativeId,
    flightId,
    campaignId,
    advertiserId: number('advertiser', ad.advertiserId),
    clickUrl: ad.clickUrl,
    impressionUrl: ad.impressionUrl,
    contents: [contentOf(ad)],
    events,
    ...(request.includePricingData && ad.price ? { pricing: pricingOf(ad.price) } : {}),
  }
}

function contentOf(ad: FrontAd): object {
  const { width, height, imageUrl, altText, markup } = ad
  const size = { width, height }
  if (imageUrl === null) return { type: 'html', body: markup, data: size }
  const fileName = imageUrl.slice(imageUrl.lastIndexOf('/') + 1)
  return {
    type: 'html',
    template: 'image',
    data: { ...size, imageUrl, title: altText, fileName },
    body: markup,
  }
}

/** Prices as Kevel writes them: numbers in whole currency units. */
function pricingOf({ model, amountMicros, ecpmMicros }: NonNullable<FrontAd['price']>): object {
  const price = amountMicros / MICROS
  const eCPM = ecpmMicros / MICROS
  return {
    price,
    clearPrice: price,
    revenue: model === 'cpm' ? price / 1000 : 0,
    rateType: RATE_TYPES[model],
    eCPM,
  }
}
