/** One `<div data-placard="…">` of a page. */
import { watchAd, type TrackerUrls } from './watch.ts'

export type Ad = {
  readonly markup: string
  readonly width: number
  readonly height: number
  readonly urls: TrackerUrls
}
export type Decision = {
  readonly ad: Ad | null
  readonly fallback?: { readonly width: number; readonly markup: string }
}
type Size = { readonly width: number; readonly height: number }
type TrustedPolicy = { createHTML(html: string): string }
type TrustedTypes = { createPolicy(name: string, rules: { createHTML(html: string): string }): TrustedPolicy }

const SIZE = /^\s*(\d{1,5})\s*x\s*(\d{1,5})\s*$/i
let policy: TrustedPolicy | null = null

export class Slot {
  private stopWatching = () => {}
  private waiting: ResizeObserver | null = null
  /** Grows with each request, so that an answer that was overtaken is dropped. */
  turn = 0

  constructor(readonly element: HTMLElement) {}

  get id(): string {
    return this.element.dataset.placard ?? ''
  }

  /** False where the page's styles take the slot out (`display: none` on this screen): an ad there is seen by nobody. */
  get isDisplayed(): boolean {
    return this.element.getClientRects().length > 0
  }

  /** Calls back once, when the slot is displayed at last. Asking again while it waits changes nothing. */
  whenDisplayed(ready: () => void): void {
    if (this.waiting || typeof ResizeObserver !== 'function') return
    this.state('hidden')
    this.waiting = new ResizeObserver(() => {
      if (!this.isDisplayed) return
      this.waiting?.disconnect()
      this.waiting = null
      ready()
    })
    this.waiting.observe(this.element)
  }

  /** The slot's element of `placements` in `POST /v1/decisions`. Attributes that cannot be read are left out. */
  question(): Record<string, unknown> {
    const { keywords, properties } = this.element.dataset
    const question: Record<string, unknown> = { id: this.id }
    const sizes = this.sizes()
    if (sizes.length > 0) question.sizes = sizes
    if (keywords) question.keywords = wordsOf(keywords)
    if (properties) {
      try {
        question.properties = JSON.parse(properties)
      } catch (error) {
        console.warn(`placard: data-properties of ${this.id} is not JSON`, error)
      }
    }
    return question
  }

  /** Holds the place of the largest size asked for, so that nothing moves when the ad comes. */
  reserve(): void {
    const sizes = this.sizes()
    if (sizes.length === 0) return
    this.hold(Math.max(...sizes.map(({ width }) => width)), Math.max(...sizes.map(({ height }) => height)))
  }

  show(decision: Decision): void {
    this.stopWatching()
    const shown = decision.ad ?? decision.fallback
    if (!shown) {
      this.element.replaceChildren()
      return this.state('empty')
    }
    const node = nodeOf(shown.markup)
    const media = node?.matches('img, iframe') ? node : node?.querySelector('img, iframe')
    if (!node || !media) return this.state('error')
    if (decision.ad && this.sizes().length === 0) this.hold(decision.ad.width, decision.ad.height)
    // As a block: a picture on a line of text is taller than itself, and the page below would move.
    node.style.cssText = `display:block;margin:0 auto;width:${shown.width}px;max-width:100%`
    if (media !== node) (media as HTMLElement).style.display = 'block'
    this.element.replaceChildren(node)
    if (decision.ad) {
      this.stopWatching = watchAd(media as HTMLImageElement | HTMLIFrameElement, decision.ad.urls)
    }
    this.state(decision.ad ? 'filled' : 'fallback')
  }

  state(word: 'hidden' | 'loading' | 'filled' | 'fallback' | 'empty' | 'error'): void {
    this.element.dataset.placardState = word
  }

  private hold(width: number, height: number): void {
    const { style } = this.element
    style.minWidth = `min(${width}px, 100%)`
    style.minHeight = `${height}px`
  }

  /** The sizes asked for that are not wider than the room there is; all of them when none fits. */
  private sizes(): Size[] {
    const found: Size[] = []
    for (const text of (this.element.dataset.sizes ?? '').split(',')) {
      const match = SIZE.exec(text)
      if (match) found.push({ width: Number(match[1]), height: Number(match[2]) })
    }
    const room = this.element.parentElement?.clientWidth ?? 0
    const fitting = found.filter(({ width }) => width <= room)
    return fitting.length > 0 ? fitting : found
  }
}

/** Words between commas, without blanks around them. */
export function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
}

/**
 * The element that a decision's markup describes: a link with a picture, or a sandboxed frame. Parsed in a document
 * of its own, where nothing runs.
 */
function nodeOf(markup: string): HTMLElement | null {
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes }
  if (trustedTypes) policy ??= trustedTypes.createPolicy('placard', { createHTML: (html) => html })
  const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(markup) : markup, 'text/html')
  const node = parsed.body.firstElementChild
  return node ? (document.importNode(node, true) as HTMLElement) : null
}
