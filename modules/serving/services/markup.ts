import type { SnapshotCreative } from '#modules/campaigns/contract'
import type { Size } from '#modules/inventory/contract'
import { escapeHtml, urlAttribute } from '#modules/serving/services/escape'

/**
 * What foreign markup may do: run scripts and open windows. It has an origin of its own, so it reaches neither the
 * page around it nor our cookies, and it cannot send the page elsewhere.
 */
export const FRAME_SANDBOX = 'allow-scripts allow-popups allow-popups-to-escape-sandbox'
const MACRO = /\$\{(CLICK_URL|CLICK_URL_ESC|CACHEBUSTER)\}/g

export type MarkupNeeds = {
  readonly clickUrl: string
  /** Origin of creative assets, without a slash at its end. */
  readonly creativeOrigin: string
  /** A number that makes URLs in third-party markup unlike the last ones. */
  readonly cacheBuster: number
}

/**
 * HTML of an ad, safe to put into any page: an image creative is a link with a picture, third-party markup stands in
 * a sandboxed frame. Null when the creative lacks what its type needs.
 */
export function markupOf(creative: SnapshotCreative, needs: MarkupNeeds): string | null {
  if (creative.type === 'image') return imageMarkup(creative, needs)
  if (creative.markup === null) return null
  return framed(expandMacros(creative.markup, needs), creative, creative.name)
}

/** A placement's own fallback in a frame like a stranger's: people of a publisher wrote it, not we. */
export function fallbackMarkup(markup: string, size: Size): string {
  return framed(markup, size, '')
}

/** Replaces the macros that we know, in one pass; what a value brings along is not expanded again. */
export function expandMacros(markup: string, needs: MarkupNeeds): string {
  const values: Record<string, string> = {
    CLICK_URL: needs.clickUrl,
    CLICK_URL_ESC: encodeURIComponent(needs.clickUrl),
    CACHEBUSTER: String(needs.cacheBuster),
  }
  return markup.replace(MACRO, (_whole, name: string) => values[name]!)
}

function imageMarkup(creative: SnapshotCreative, needs: MarkupNeeds): string | null {
  const source = creative.assetPath === null ? null : urlAttribute(needs.creativeOrigin + creative.assetPath)
  const click = urlAttribute(needs.clickUrl)
  if (source === null || click === null) return null
  return (
    `<a href="${click}" target="_blank" rel="noopener sponsored nofollow">` +
    `<img src="${source}" width="${creative.width}" height="${creative.height}"` +
    ` alt="${escapeHtml(creative.altText ?? '')}" border="0"></a>`
  )
}

/** Attributes instead of styles, because a page's policy may forbid inline styles. */
function framed(markup: string, size: Size, title: string): string {
  const document =
    '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">' +
    `<style>html,body{margin:0;padding:0;overflow:hidden}</style></head><body>${markup}</body></html>`
  return (
    `<iframe sandbox="${FRAME_SANDBOX}" width="${size.width}" height="${size.height}" frameborder="0"` +
    ` scrolling="no" marginwidth="0" marginheight="0" title="${escapeHtml(title || 'Advertisement')}"` +
    ` srcdoc="${escapeHtml(document)}"></iframe>`
  )
}
