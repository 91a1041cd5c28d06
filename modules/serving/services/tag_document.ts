import type { Decision } from '#modules/serving/services/ad_server'
import { escapeHtml } from '#modules/serving/services/escape'
import { FRAME_SANDBOX } from '#modules/serving/services/markup'
import type { TagScripts } from '#modules/serving/services/tag_scripts'

export type TagDocument = { readonly html: string; readonly policy: string }
type Settings = { readonly origin: string; readonly creativeOrigin: string }

/** The document has an origin of its own, even where delivery and admin share a host. */
const SANDBOXED = `sandbox ${FRAME_SANDBOX}`
const STYLE = 'html,body{margin:0;padding:0;overflow:hidden;background:transparent}img,iframe{display:block}'

/**
 * The iframe document of `GET /v1/tag/:placement` with its Content-Security-Policy. The script in it counts the
 * impression once the ad has loaded and whether it was seen; without scripts a pixel counts the impression.
 */
export function tagDocument(decision: Decision, scripts: TagScripts, settings: Settings): TagDocument {
  const { ad, fallback } = decision
  const foreign = (ad?.markup ?? fallback?.markup ?? '').startsWith('<iframe')
  const policy = foreign ? foreignPolicy() : ownPolicy(scripts, settings)
  if (!ad) return { html: page('', fallback?.markup ?? ''), policy }
  const impression = escapeHtml(ad.urls.impression)
  const data =
    ` data-impression="${impression}" data-viewable="${escapeHtml(ad.urls.viewable)}"` +
    ` data-measurable="${escapeHtml(ad.urls.measurable)}"`
  const counting =
    `<script>${scripts.frame.text}</script>` +
    `<noscript><img src="${impression}" width="1" height="1" alt=""></noscript>`
  return { html: page(data, ad.markup + counting), policy }
}

/** Answer to an unknown placement: a comment for whoever looks at the source, nothing for whoever looks at the page. */
export const UNKNOWN_PLACEMENT: TagDocument = {
  html: page('', '<!-- Placard: there is no placement with this id. Copy the tag again from the admin. -->'),
  policy: `${SANDBOXED}; default-src 'none'`,
}

function page(data: string, content: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Advertisement</title>' +
    `<style>${STYLE}</style></head><body${data}>${content}</body></html>`
  )
}

/** For our own markup: pictures and trackers of the configured origins, our one script, nothing else. */
function ownPolicy(scripts: TagScripts, { origin, creativeOrigin }: Settings): string {
  const pictures = [...new Set([origin, creativeOrigin])].join(' ')
  return (
    `${SANDBOXED}; default-src 'none'; img-src ${pictures}; connect-src ${origin}; ` +
    `script-src ${scripts.frame.source}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`
  )
}

/**
 * A frame with `srcdoc` inherits this policy, so it allows what advertisers' markup needs; what keeps that markup
 * away from us and from the page is the sandbox, not the list.
 */
export function foreignPolicy(): string {
  return (
    `${SANDBOXED}; default-src https: http: data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; ` +
    'form-action https: http:'
  )
}
