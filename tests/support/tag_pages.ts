import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import delivery from '#config/delivery'
import { PERSON_AGENT } from '#tests/support/browser'
import { DeliveryWorld } from '#tests/support/delivery_world'

type Cleanup = (close: () => void) => void

/** A publisher's page on an origin of its own, as in life. `/landing` is where ads lead, all else is the page. */
export async function publisherPage(cleanup: Cleanup, html: () => string): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    const landing = '<!doctype html><title>Landing</title>'
    response.end(request.url === '/landing' ? landing : `<!doctype html><title>News</title>${html()}`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** What a page has called so far: trackers by letter, bodies of its requests for ads. */
export type Calls = { readonly trackers: string[]; readonly asked: { placements: { id: string }[] }[] }
export type Visit = { readonly page: Page; readonly calls: Calls }

/** Opens the page as a person's browser does; shifts of the layout and errors are kept on its `window`. */
export async function visit(
  browser: Browser,
  url: string,
  viewport = { width: 1000, height: 800 }
): Promise<Visit> {
  const context = await browser.newContext({ userAgent: PERSON_AGENT, viewport })
  const page = await context.newPage()
  const calls: Calls = { trackers: [], asked: [] }
  page.on('request', (request) => {
    const tracker = /\/t\/([a-z])\//.exec(request.url())
    if (tracker) calls.trackers.push(tracker[1]!)
    if (request.url().endsWith('/v1/decisions')) calls.asked.push(request.postDataJSON())
  })
  await page.addInitScript(() => {
    const seen = { shifts: [] as number[], errors: [] as string[], events: [] as string[] }
    Object.assign(window, { seen })
    window.addEventListener('error', (event) => seen.errors.push(event.message))
    for (const name of ['rendered', 'empty', 'viewable', 'error']) {
      document.addEventListener(`placard:${name}`, () => seen.events.push(name))
    }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        seen.shifts.push((entry as unknown as { value: number }).value)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(url)
  return { page, calls }
}

export const seenOf = (page: Page) =>
  page.evaluate(
    () => (window as unknown as { seen: { shifts: number[]; errors: string[]; events: string[] } }).seen
  )

export const script = (rest = '') => `<script async src="${delivery.origin}/placard.js" ${rest}></script>`
export const slot = (id: string, rest = 'data-sizes="300x250"', style = '') =>
  `<div data-placard="${id}" ${rest} style="${style}"></div>`
export const stateOf = (page: Page, id: string) =>
  page.locator(`[data-placard="${id}"]`).first().getAttribute('data-placard-state')

/** A live placement of this size that an image fills. */
export async function filledPlacement(width = 300, height = 250): Promise<[DeliveryWorld, string]> {
  const world = await DeliveryWorld.create()
  const placementId = await world.placement({ sizes: [[width, height]] })
  await world.line([width, height])
  await world.live(placementId)
  return [world, placementId]
}
