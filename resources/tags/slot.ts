/** One `<div data-placard="…">` of a page. */
import { fitting, sizesAt, sizesOf, type Size } from './sizes.ts'
import { watchAd, type TrackerUrls } from './watch.ts'

export type Ad = {
  readonly lineItemId: string
  readonly creativeId: string
  readonly markup: string
  readonly width: number
  readonly height: number
  readonly urls: TrackerUrls
}
export type Decision = {
  readonly ad: Ad | null
  readonly fallback?: { readonly width: number; readonly height: number; readonly markup: string }
}
export type SlotState = 'hidden' | 'waiting' | 'loading' | 'filled' | 'fallback' | 'empty' | 'error'
/** What a slot tells the page. `rendered`: an ad or a fallback is on the screen; `viewable`: the ad was seen. */
export type SlotEventName = 'rendered' | 'empty' | 'viewable' | 'error'
export type SlotEvent = {
  readonly placementId: string
  readonly element: HTMLElement
  /** Null for an empty slot, a fallback and an error. */
  readonly lineItemId: string | null
  readonly creativeId: string | null
  readonly width: number
  readonly height: number
  readonly fallback: boolean
}
export type SlotNews = {
  readonly tell: (name: SlotEventName, event: SlotEvent) => void
  /** The ad has been seen for as long as `data-refresh` says. */
  readonly refresh: (slot: Slot) => void
}
type TrustedPolicy = { createHTML(html: string): string }
type TrustedTypes = { createPolicy(name: string, rules: { createHTML(html: string): string }): TrustedPolicy }

/** Shorter intervals are raised to this: what changes faster is not worth an advertiser's money. */
export const LEAST_REFRESH_SECONDS = 30
const DEFAULT_LAZY_PIXELS = 200
let policy: TrustedPolicy | null = null

export class Slot {
  private stopWatching = () => {}
  private waiting: ResizeObserver | null = null
  /** Grows with each request, so that an answer that was overtaken is dropped. */
  turn = 0
  readonly id: string

  /** @param defaults attributes of the script's tag: what slots without an own `data-lazy` or `data-refresh` do */
  constructor(
    readonly element: HTMLElement,
    private readonly news: SlotNews,
    private readonly defaults: Readonly<Record<string, string | undefined>> = {}
  ) {
    this.id = element.dataset.placard ?? ''
  }

  /** False where an ad would be seen by nobody: `display: none` on this screen, or a size map without sizes for it. */
  get isDisplayed(): boolean {
    return this.element.getClientRects().length > 0 && this.mapped()?.length !== 0
  }

  /** Pixels from the window at which the ad is asked for; null: at once. */
  get lazyPixels(): number | null {
    const text = this.attribute('lazy')
    if (text === undefined || text === 'off') return null
    const pixels = text.trim() === '' ? NaN : Number(text.replace(/px$/, ''))
    return pixels >= 0 ? pixels : DEFAULT_LAZY_PIXELS
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
    this.waiting.observe(document.documentElement)
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
    if (this.isFluid) return this.hold(0, Math.max(...sizes.map((size) => this.fluidHeight(size))))
    this.hold(Math.max(...sizes.map(({ width }) => width)), Math.max(...sizes.map(({ height }) => height)))
  }

  show({ ad, fallback }: Decision): void {
    this.stopWatching()
    const shown = ad ?? fallback
    if (!shown) {
      this.element.replaceChildren()
      this.state('empty')
      return this.tell('empty', null, { width: 0, height: 0 })
    }
    const node = nodeOf(shown.markup)
    if (!node) return this.fail()
    const media = node.matches('img, iframe')
      ? node
      : (node.querySelector<HTMLElement>('img, iframe') ?? node)
    if (ad && this.sizes().length === 0) this.hold(ad.width, ad.height)
    this.fit(node, media, shown)
    this.element.replaceChildren(node)
    this.stopWatching = watchAd(media, ad && ad.urls, {
      rendered: () => this.tell('rendered', ad, shown),
      ...(ad && { viewable: () => this.tell('viewable', ad, shown) }),
      ...this.refreshing(),
    })
    this.state(ad ? 'filled' : 'fallback')
  }

  fail(): void {
    this.state('error')
    this.tell('error', null, { width: 0, height: 0 })
  }

  state(word: SlotState): void {
    this.element.dataset.placardState = word
  }

  /** Ends all that goes on; the element is left as it is. */
  stop(): void {
    this.turn++
    this.stopWatching()
    this.waiting?.disconnect()
  }

  /** Counts the time during which the ad was seen, and asks for a new one when that is long enough. */
  private refreshing(): { seen?: (milliseconds: number) => void } {
    const text = this.attribute('refresh')
    const wanted = Number(text)
    if (!text || !(wanted > 0)) return {}
    const interval = Math.max(wanted, LEAST_REFRESH_SECONDS) * 1000
    let left = interval
    const seen = (milliseconds: number) => {
      left -= milliseconds
      if (left > 0) return
      // When the new ad does not come, the old one stays and is given its time again.
      left = interval
      this.news.refresh(this)
    }
    return { seen }
  }

  private tell(name: SlotEventName, ad: Ad | null, { width, height }: Size): void {
    this.news.tell(name, {
      placementId: this.id,
      element: this.element,
      lineItemId: ad?.lineItemId ?? null,
      creativeId: ad?.creativeId ?? null,
      width,
      height,
      fallback: name === 'rendered' && ad === null,
    })
  }

  /** As a block: a picture on a line of text is taller than itself, and the page below would move. */
  private fit(node: HTMLElement, media: HTMLElement, { width }: Size): void {
    const wide = this.isFluid ? '100%' : `${width}px`
    node.style.cssText = `display:block;margin:0 auto;width:${wide};max-width:100%`
    if (media === node) return
    media.style.display = 'block'
    if (media instanceof HTMLImageElement) media.style.cssText += ';max-width:100%;height:auto'
    if (this.isFluid) media.style.width = '100%'
  }

  private hold(width: number, height: number): void {
    const { style } = this.element
    if (width > 0) style.minWidth = `min(${width}px, 100%)`
    style.minHeight = `${height}px`
  }

  private get isFluid(): boolean {
    return this.element.dataset.fluid !== undefined
  }

  private fluidHeight({ width, height }: Size): number {
    return Math.max(height, Math.ceil((this.element.clientWidth * height) / width))
  }

  private attribute(name: 'lazy' | 'refresh'): string | undefined {
    return this.element.dataset[name] ?? this.defaults[name]
  }

  /** Sizes of the map for this window; null without a map, or where none of its parts holds. */
  private mapped(): Size[] | null {
    const { sizesMap } = this.element.dataset
    return sizesMap === undefined ? null : sizesAt(sizesMap, window.innerWidth)
  }

  private sizes(): readonly Size[] {
    const sizes = this.mapped() ?? sizesOf(this.element.dataset.sizes ?? '')
    return fitting(sizes, this.element.parentElement?.clientWidth ?? 0)
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
