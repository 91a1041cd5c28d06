import type { SnapshotCreative } from '#modules/campaigns/contract'
import type { Size } from '#modules/inventory/contract'
import { escapeHtml, urlAttribute } from '#modules/serving/services/escape'
import { expandMacros, type MacroContext } from '#modules/serving/services/macros'
import { textDocument } from '#modules/serving/services/text_ad'

/**
 * What foreign markup may do: run scripts and open windows. It has an origin of its own, so it reaches neither the
 * page around it nor our cookies, and it cannot send the page elsewhere.
 */
export const FRAME_SANDBOX = 'allow-scripts allow-popups allow-popups-to-escape-sandbox'

export type MarkupNeeds = {
  readonly clickUrl: string
  /** Origin of creative assets, without a slash at its end. */
  readonly creativeOrigin: string
  /** A number that makes URLs in third-party markup unlike the last ones. */
  readonly cacheBuster: number
  /** What macros of third-party markup are filled from, beside the above. */
  readonly context?: MacroContext
}

/**
 * HTML of an ad, safe to put into any page: an image creative is a link with a picture, all else stands in a sandboxed
 * frame. Null when the creative lacks what its type needs.
 */
export function markupOf(creative: SnapshotCreative, needs: MarkupNeeds): string | null {
  switch (creative.type) {
    case 'image':
      return imageMarkup(creative, needs)
    case 'html5':
      return bundleMarkup(creative, needs)
    case 'text':
      return textMarkup(creative, needs)
    case 'third_party': {
      if (creative.markup === null) return null
      const { width, height } = creative
      return framed(expandMacros(creative.markup, { ...needs, width, height }), creative, creative.name)
    }
  }
}

/** A placement's own fallback in a frame like a stranger's: people of a publisher wrote it, not we. */
export function fallbackMarkup(markup: string, size: Size): string {
  return framed(markup, size, '')
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

/** The entry page of an HTML5 creative; it reads the click address from its query. */
function bundleMarkup(creative: SnapshotCreative, needs: MarkupNeeds): string | null {
  if (creative.assetPath === null) return null
  const query = `?clickTag=${encodeURIComponent(needs.clickUrl)}`
  const source = urlAttribute(needs.creativeOrigin + creative.assetPath + query)
  return source === null ? null : frame(creative, creative.name, `src="${source}"`)
}

function textMarkup(creative: SnapshotCreative, needs: MarkupNeeds): string | null {
  const click = urlAttribute(needs.clickUrl)
  if (!creative.content || click === null) return null
  const document = textDocument(creative.content, click)
  return frame(creative, creative.name, `srcdoc="${escapeHtml(document)}"`)
}

function framed(markup: string, size: Size, title: string): string {
  const document =
    '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">' +
    `<style>html,body{margin:0;padding:0;overflow:hidden}</style></head><body>${markup}</body></html>`
  return frame(size, title, `srcdoc="${escapeHtml(document)}"`)
}

/** Attributes instead of styles, because a page's policy may forbid inline styles. */
function frame(size: Size, title: string, content: string): string {
  return (
    `<iframe sandbox="${FRAME_SANDBOX}" width="${size.width}" height="${size.height}" frameborder="0"` +
    ` scrolling="no" marginwidth="0" marginheight="0" title="${escapeHtml(title || 'Advertisement')}"` +
    ` ${content}></iframe>`
  )
}
