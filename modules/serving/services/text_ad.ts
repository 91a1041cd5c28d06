import type { CreativeContent } from '#modules/campaigns/contract'
import { escapeHtml } from '#modules/serving/services/escape'

const STYLE =
  'html,body{margin:0;height:100%}' +
  'a{box-sizing:border-box;display:flex;flex-direction:column;justify-content:center;gap:.35em;height:100%;padding:10px 14px;' +
  'overflow:hidden;border:1px solid #d9dbe0;background:#fff;color:#1b1d22;text-decoration:none;' +
  'font:14px/1.35 system-ui,sans-serif}' +
  'b{font-size:1.15em;color:#1a4fb4}small{color:#5c6270}' +
  'i{align-self:flex-start;padding:.35em .9em;border-radius:4px;background:#1a4fb4;color:#fff;font-style:normal;font-weight:600}'

/**
 * A text creative as a page of its own, one link over the whole of it. All words are escaped.
 *
 * @param click attribute value, escaped already
 */
export function textDocument({ title, body, cta, sponsored }: CreativeContent, click: string): string {
  const part = (tag: string, text: string | undefined) => (text ? `<${tag}>${escapeHtml(text)}</${tag}>` : '')
  return (
    `<!doctype html><html><head><meta charset="utf-8"><style>${STYLE}</style></head><body>` +
    `<a href="${click}" target="_blank" rel="noopener sponsored nofollow">` +
    part('b', title) +
    part('span', body) +
    part('i', cta) +
    part('small', sponsored) +
    '</a></body></html>'
  )
}
