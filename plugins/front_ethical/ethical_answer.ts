import { htmlText, scriptValue } from '#modules/kernel/web_text'
import type { FrontAd } from '#modules/serving/contract'
import type { EthicalPlacement } from '#plugins/front_ethical/ethical_request'

/**
 * The ad as the Ethical Ad Server writes it. `nonce` is the one-use token of our trackers: calling `view_url` twice
 * counts once. `html` has one root element, because the page client inserts the first one only.
 */
export function adAnswer(ad: FrontAd, { divId, adType }: EthicalPlacement, id: number | undefined): object {
  const text = htmlText(ad.altText)
  return {
    id: String(id ?? ad.creativeId),
    text,
    body: ad.altText,
    html: `<div class="ea-placement ea-type-image"><div class="ea-content">${ad.markup}</div></div>`,
    copy: { headline: '', cta: '', content: ad.altText },
    image: ad.imageUrl,
    link: ad.clickUrl,
    view_url: ad.impressionUrl,
    nonce: ad.token,
    display_type: adType,
    campaign_type: ad.house ? 'house' : 'paid',
    div_id: divId,
  }
}

/** JSON, or a call of the callback with it; the comment keeps the answer from being taken for another kind of file. */
export function bodyOf(answer: object, callback: string | null): { type: string; body: string } {
  if (callback === null) return { type: 'application/json', body: JSON.stringify(answer) }
  return { type: 'application/javascript', body: `/**/${callback}(${scriptValue(answer)});` }
}
