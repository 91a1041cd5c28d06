import type { Element } from '#modules/campaigns/services/bundles/markup_policy'
import { attributeOf } from '#modules/campaigns/services/bundles/markup_policy'
import { refuse } from '#modules/campaigns/services/bundles/refusal'

/** Stands in the stored entry page where the script with the click address goes; see `click_tag.ts`. */
export const CLICK_TAG_MARK = '<!--placard-click-tag-->'
const MAX_EDGE = 4096

/**
 * Width and height of `<meta name="ad.size" content="width=300,height=250">`; null when the page has none.
 *
 * @throws UploadRefused `ad_size` when it cannot be read
 */
export function adSizeOf(elements: readonly Element[]): { width: number; height: number } | null {
  const meta = elements.find(
    (element) =>
      element.tagName === 'meta' && attributeOf(element, 'name')?.trim().toLowerCase() === 'ad.size'
  )
  if (!meta) return null
  const match = /^ {0,4}width ?= ?(\d{1,4}) ?(?:px)?, ?height ?= ?(\d{1,4}) ?(?:px)? {0,4}$/i.exec(
    attributeOf(meta, 'content') ?? ''
  )
  const [width, height] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)]
  if (width < 1 || height < 1 || width > MAX_EDGE || height > MAX_EDGE) {
    refuse('ad_size', `The ad.size meta must read "width=300,height=250", with sides from 1 to ${MAX_EDGE}`)
  }
  return { width, height }
}

/** Puts the mark before anything of the page can run: first in the head, or before its first element. */
export function withMark(html: string, elements: readonly Element[]): string {
  const clean = html.replaceAll(CLICK_TAG_MARK, '')
  if (clean !== html) refuse('html_element', 'The entry page already holds the mark of its click address')
  const head = elements.find((element) => element.tagName === 'head')?.sourceCodeLocation
  const inner = elements.find(({ tagName, sourceCodeLocation }) => tagName !== 'html' && sourceCodeLocation)
  const root = elements.find(({ tagName }) => tagName === 'html')?.sourceCodeLocation
  const at =
    head?.startTag?.endOffset ??
    inner?.sourceCodeLocation?.startOffset ??
    root?.startTag?.endOffset ??
    html.length
  return html.slice(0, at) + CLICK_TAG_MARK + html.slice(at)
}
