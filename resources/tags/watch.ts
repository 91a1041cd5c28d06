/** Counting in the browser: an impression when the ad has begun to render, viewable when it was seen. */
import { canMeasure, watchView } from './view.ts'

export type TrackerUrls = {
  readonly impression: string
  readonly viewable: string
  /** Absent in answers of servers before 0.2. */
  readonly measurable?: string
}
export type AdNews = {
  readonly rendered?: () => void
  readonly viewable?: () => void
  /** See `ViewNews.seen`. */
  readonly seen?: (milliseconds: number) => void
}

/** Calls a tracker without cookies; survives that the page is left. */
export function send(url: string): void {
  if (typeof fetch === 'function') {
    fetch(url, { mode: 'no-cors', keepalive: true, credentials: 'omit', cache: 'no-store' }).catch(() => {
      // A page's own policy may forbid the connection and still allow the picture.
      new Image().src = url
    })
  } else new Image().src = url
}

/**
 * Watches one ad: sends the impression once `media` has loaded and, where seeing can be measured, says so; then sends
 * the viewable tracker once `media` was in view long enough. Returns what stops the watch.
 */
export function watchAd(media: HTMLElement, urls: TrackerUrls | null, news: AdNews = {}): () => void {
  let stopViewing = () => {}
  const rendered = () => {
    media.removeEventListener('load', rendered)
    if (urls) send(urls.impression)
    if (urls?.measurable && canMeasure()) send(urls.measurable)
    const viewable = () => {
      if (urls) send(urls.viewable)
      news.viewable?.()
    }
    stopViewing = watchView(media, { viewable, seen: news.seen })
    news.rendered?.()
  }
  if (media instanceof HTMLImageElement && media.complete) {
    if (media.naturalWidth > 0) rendered()
  } else if (media instanceof HTMLImageElement || media instanceof HTMLIFrameElement) {
    media.addEventListener('load', rendered)
  } else rendered()
  return () => {
    media.removeEventListener('load', rendered)
    stopViewing()
  }
}
