/**
 * Says whether an element is seen, by the MRC's rule for display ads: enough of its pixels in the viewable space of a
 * browser tab in front, for one second without a break. Docs: docs/viewability.md.
 * @source MRC Viewable Ad Impression Measurement Guidelines 2.0 (snapshots at least every 100 ms)
 */
const VIEWABLE_MS = 1000
const SNAPSHOT_MS = 100
/** After the ad was seen the watch goes on for its refresh only, more slowly. */
const LATER_SNAPSHOT_MS = 500
/** A longer silence between two snapshots means that the page was frozen; nobody knows what was on the screen. */
const GAP_MS = 1000
const LARGE_AD_PIXELS = 242_500
const SHARE = 0.5
const LARGE_SHARE = 0.3
/** Less opaque than this is not an ad that one sees. */
const LEAST_OPACITY = 0.5
/** Points on each side of the grid on which covering is looked for. */
const GRID = 5
/** IntersectionObserver version 2 answers no faster. @source W3C Intersection Observer, `delay` at least 100 */
const DELAY_MS = 100

type VisibilityInit = IntersectionObserverInit & { trackVisibility?: boolean; delay?: number }
type VisibilityEntry = IntersectionObserverEntry & { isVisible?: boolean }

export type ViewNews = {
  /** Once, when the rule is met. */
  readonly viewable: () => void
  /** Time during which the ad was seen since the last call, milliseconds. Its presence keeps the watch going. */
  readonly seen?: (milliseconds: number) => void
}

/** True where this browser can measure at all. */
export function canMeasure(): boolean {
  return typeof IntersectionObserver === 'function'
}

/** The part of an element's pixels that has to be seen. */
export function shareFor(width: number, height: number): number {
  return width * height >= LARGE_AD_PIXELS ? LARGE_SHARE : SHARE
}

/** Watches until the rule is met, or as long as `news.seen` is there. Returns what stops the watch. */
export function watchView(element: Element, news: ViewNews): () => void {
  if (!canMeasure()) return () => {}
  const box = element.getBoundingClientRect()
  const share = shareFor(box.width, box.height)
  let last: VisibilityEntry | null = null
  let timer = 0
  let since = -1
  let before = -1
  let done = false

  const observer = new IntersectionObserver((entries) => {
    last = entries[entries.length - 1]!
    update()
  }, options(share))
  const stop = () => {
    observer.disconnect()
    document.removeEventListener('visibilitychange', update)
    clearInterval(timer)
  }
  const near = () =>
    last !== null && last.intersectionRatio >= share && document.visibilityState === 'visible'
  function update() {
    clearInterval(timer)
    if (!near()) {
      since = before = -1
      return
    }
    snapshot()
    timer = setInterval(snapshot, done ? LATER_SNAPSHOT_MS : SNAPSHOT_MS) as unknown as number
  }
  function snapshot() {
    const now = performance.now()
    if (!near() || !isUncovered(element, share, last!)) {
      since = before = -1
      return
    }
    if (since < 0 || now - before > GAP_MS) since = now
    else news.seen?.(now - before)
    before = now
    if (done || now - since < VIEWABLE_MS) return
    done = true
    if (news.seen) update()
    else stop()
    news.viewable()
  }
  observer.observe(element)
  document.addEventListener('visibilitychange', update)
  return stop
}

function options(share: number): VisibilityInit {
  return { threshold: [0, share], trackVisibility: true, delay: DELAY_MS }
}

/**
 * Version 2 of the observer knows what lies on top, in other origins' documents too, but says no to the smallest
 * overlap. After such a no the own document is asked point by point; inside a foreign page's frame the no stands.
 */
function isUncovered(element: Element, share: number, { isVisible }: VisibilityEntry): boolean {
  if (isVisible === true) return true
  if (isVisible === false && window.parent !== window) return false
  return opacityOf(element) >= LEAST_OPACITY && uncoveredShare(element) >= share
}

function opacityOf(element: Element): number {
  let opacity = 1
  for (let at: Element | null = element; at; at = at.parentElement) {
    opacity *= Number(getComputedStyle(at).opacity)
  }
  return opacity
}

/** Share of a grid of points at which the element lies on top. What lies outside of the window is not on top. */
function uncoveredShare(element: Element): number {
  const { left, top, width, height } = element.getBoundingClientRect()
  const root = element.getRootNode() as Document | ShadowRoot
  let found = 0
  for (let point = 0; point < GRID * GRID; point++) {
    const x = left + (width * ((point % GRID) + 0.5)) / GRID
    const y = top + (height * (Math.floor(point / GRID) + 0.5)) / GRID
    const onTop = root.elementFromPoint(x, y)
    if (onTop && (onTop === element || element.contains(onTop))) found++
  }
  return found / (GRID * GRID)
}
