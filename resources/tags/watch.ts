/** Counting in the browser: an impression when the ad has begun to render, viewable when it was seen. */
export type TrackerUrls = { readonly impression: string; readonly viewable: string }

/** Half of the pixels for one second; three tenths for ads from 242,500 pixels. @source MRC Viewable Ad Impression Guidelines 2.0 */
const VIEWABLE_MS = 1000
const LARGE_AD_PIXELS = 242_500
const SHARE = 0.5
const LARGE_SHARE = 0.3

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
 * Watches one ad: sends the impression once `media` has loaded, then the viewable tracker once `media` was in view
 * long enough in a visible page. Returns what stops the watch.
 */
export function watchAd(media: HTMLImageElement | HTMLIFrameElement, urls: TrackerUrls): () => void {
  let stopViewing = () => {}
  const rendered = () => {
    media.removeEventListener('load', rendered)
    send(urls.impression)
    stopViewing = watchView(media, () => send(urls.viewable))
  }
  if (media instanceof HTMLImageElement && media.complete) {
    if (media.naturalWidth > 0) rendered()
  } else media.addEventListener('load', rendered)
  return () => {
    media.removeEventListener('load', rendered)
    stopViewing()
  }
}

function watchView(element: Element, seen: () => void): () => void {
  if (typeof IntersectionObserver !== 'function') return () => {}
  const box = element.getBoundingClientRect()
  const share = box.width * box.height >= LARGE_AD_PIXELS ? LARGE_SHARE : SHARE
  let inView = false
  let timer = 0
  const observer = new IntersectionObserver(
    (entries) => {
      inView = entries[entries.length - 1]!.intersectionRatio >= share
      update()
    },
    { threshold: share }
  )
  const stop = () => {
    observer.disconnect()
    document.removeEventListener('visibilitychange', update)
    clearTimeout(timer)
  }
  function update() {
    clearTimeout(timer)
    if (!inView || document.visibilityState !== 'visible') return
    timer = setTimeout(() => {
      stop()
      seen()
    }, VIEWABLE_MS) as unknown as number
  }
  observer.observe(element)
  document.addEventListener('visibilitychange', update)
  return stop
}
