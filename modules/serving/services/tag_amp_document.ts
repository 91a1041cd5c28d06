import type { Size } from '#modules/inventory/contract'
import { escapeHtml } from '#modules/serving/services/escape'
import { foreignPolicy, type TagDocument } from '#modules/serving/services/tag_document'
import type { TagScripts } from '#modules/serving/services/tag_scripts'

/** What the address of an `amp-iframe` said, as text that the script in the document reads again. */
export type AmpQuery = {
  readonly sizes: readonly Size[] | null
  /** `url`, `kw` and consent, by the names that the document's script knows. */
  readonly data: Readonly<Record<string, string | null>>
}

const STYLE = 'html,body{margin:0;padding:0;overflow:hidden;background:transparent}'

/** Reads what goes along with the request for an ad. The server that answers that request checks all of it. */
export function readAmpQuery(query: string): AmpQuery['data'] {
  const fields = new URLSearchParams(query)
  return {
    url: fields.get('url'),
    keywords: fields.get('kw'),
    gdpr: fields.get('gdpr'),
    tcf: fields.get('gdpr_consent'),
    gpp: fields.get('gpp'),
    'gpp-sid': fields.get('gpp_sid'),
    'us-privacy': fields.get('us_privacy'),
  }
}

/** The document of `GET /v1/amp/:placement`: one slot and the script that fills it once AMP has told the consent. */
export function ampDocument(
  placementId: string,
  { sizes, data }: AmpQuery,
  scripts: TagScripts,
  origin: string
): TagDocument {
  const attributes = Object.entries({ origin, ...data })
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => ` data-${name}="${escapeHtml(value!)}"`)
    .join('')
  const wanted = (sizes ?? []).map(({ width, height }) => `${width}x${height}`).join(',')
  const slot = `<div data-placard="${escapeHtml(placementId)}"${wanted && ` data-sizes="${wanted}"`}></div>`
  const html =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Advertisement</title>' +
    `<style>${STYLE}</style></head><body${attributes}>${slot}<script>${scripts.amp.text}</script></body></html>`
  return { html, policy: foreignPolicy() }
}
