import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import type { Browser, Page } from 'playwright-core'
import delivery from '#config/delivery'
import { FACT_KIND, type FactName } from '#modules/events/contract'
import { openBrowser, PERSON_AGENT } from '#tests/support/browser'
import { countOf, DeliveryWorld, until } from '#tests/support/delivery_world'

/** A publisher's page on an origin of its own, as in life; `/landing` is where ads lead. */
async function publisher(cleanup: (close: () => void) => void, html: () => string, headers: object = {}) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
    response.end(request.url === '/' ? html() : '<!doctype html><title>Landing</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

async function visit(
  browser: Browser,
  url: string,
  options: { javaScriptEnabled?: boolean } = {}
): Promise<Page> {
  const context = await browser.newContext({ userAgent: PERSON_AGENT, ...options })
  const page = await context.newPage()
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts, errors: [] as string[] })
    window.addEventListener('error', (event) =>
      (window as unknown as { errors: string[] }).errors.push(event.message)
    )
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(url)
  return page
}

const slot = (id: string, sizes: string, height: number, rest = '') =>
  `<p>Text above</p><div data-placard="${id}" data-sizes="${sizes}" style="min-height:${height}px" ${rest}></div><p>Text below</p>`
const script = (rest = '') => `<script async src="${delivery.origin}/placard.js" ${rest}></script>`
const stateOf = (page: Page, id: string) =>
  page.locator(`[data-placard="${id}"]`).first().getAttribute('data-placard-state')
/** Waits for exactly these facts; one too many fails as well. */
async function counted(assert: Assert, world: DeliveryWorld, expected: Partial<Record<FactName, number>>) {
  const facts = await world.facts(expected)
  for (const kind of Object.keys(FACT_KIND) as FactName[]) {
    assert.equal(countOf(facts, kind), expected[kind] ?? 0, kind)
  }
  assert.isTrue(facts.every((fact) => fact.filter === null))
}

test.group('delivery in a browser', (group) => {
  let browser: Browser
  group.setup(async () => {
    browser = await openBrowser()
    return () => browser.close()
  })

  test('a page with several placements shows ads, moves nothing, counts what was seen and clicked', async ({
    assert,
    cleanup,
  }) => {
    const world = await DeliveryWorld.create()
    const rectangle = await world.placement({ sizes: [[300, 250]] })
    const banner = await world.placement({ sizes: [[728, 90]] })
    const house = await world.placement({
      sizes: [[160, 600]],
      fallback: { type: 'markup', markup: '<b id="house">Subscribe</b>' },
    })
    const below = await world.placement({ sizes: [[300, 250]] })
    const empty = await world.placement({ sizes: [[970, 250]] })
    let body = ''
    const origin = await publisher(cleanup, () => `<!doctype html><title>News</title>${body}`)
    await world.line([300, 250], { landingUrl: `${origin}/landing`, cpm: '3.00' })
    await world.line([300, 250], { landingUrl: `${origin}/landing`, cpm: '2.00' })
    await world.line([728, 90], { landingUrl: `${origin}/landing` })
    await world.live(empty)
    body =
      script() +
      slot(rectangle, '300x250', 250) +
      slot(banner, '728x90', 90) +
      slot(house, '160x600', 600) +
      slot(empty, '970x250', 250) +
      '<div style="height:3000px"></div>' +
      slot(below, '300x250', 250)
    const page = await visit(browser, origin)
    await until('all slots are done', async () => {
      const states = await Promise.all(
        [rectangle, banner, house, below, empty].map((id) => stateOf(page, id))
      )
      return states.join() === 'filled,filled,fallback,filled,empty'
    })
    await page.locator(`[data-placard="${banner}"] img`).scrollIntoViewIfNeeded()
    await page.evaluate(() => scrollTo(0, 0))
    await page.waitForTimeout(1600)
    const popup = page.waitForEvent('popup')
    await page.locator(`[data-placard="${rectangle}"] a`).click()
    await (await popup).waitForURL(`${origin}/landing`)
    assert.deepEqual(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts), [])
    assert.deepEqual(await page.evaluate(() => (window as unknown as { errors: string[] }).errors), [])
    assert.deepEqual(await page.context().cookies(), [])
    const picture = page.locator(`[data-placard="${rectangle}"] img`)
    assert.equal(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), 300)
    await counted(assert, world, { request: 5, impression: 3, viewable: 2, click: 1, measurable: 3 })
    await page.context().close()
  })

  test('third-party markup runs in its frame and reaches nothing around it', async ({ assert, cleanup }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    const attempts = `<a id="go" href="\${CLICK_URL}">Go</a><script>
      const tried = {}
      const attempt = (name, work) => { try { work(); tried[name] = 'done' } catch (error) { tried[name] = 'refused' } }
      attempt('dom', () => parent.document.body.append('x'))
      attempt('top', () => { top.location.href = 'about:blank#taken' })
      attempt('cookie', () => { document.cookie = 'a=1' })
      attempt('storage', () => localStorage.setItem('a', '1'))
      document.body.dataset.tried = JSON.stringify({ ...tried, origin: self.origin })
    </script>`
    let body = ''
    const origin = await publisher(cleanup, () => `<!doctype html><title>News</title>${body}`)
    await world.line([300, 250], { markup: attempts, landingUrl: `${origin}/landing` })
    await world.live(placementId)
    const tag = `<iframe id="tag" src="${delivery.origin}/v1/tag/${placementId}" width="300" height="250"></iframe>`
    body = script() + slot(placementId, '300x250', 250) + tag
    const page = await visit(browser, origin)
    await until('the slot is filled', async () => (await stateOf(page, placementId)) === 'filled')
    const inner = [
      page.frameLocator(`[data-placard="${placementId}"] iframe`),
      page.frameLocator('#tag').frameLocator('iframe'),
    ]
    for (const frame of inner) {
      const tried = JSON.parse((await frame.locator('body').getAttribute('data-tried'))!)
      const refused = { dom: 'refused', top: 'refused', cookie: 'refused', storage: 'refused' }
      assert.deepEqual(tried, { ...refused, origin: 'null' })
      const popup = page.waitForEvent('popup')
      await frame.locator('#go').click()
      await (await popup).waitForURL(`${origin}/landing`)
    }
    assert.equal(page.url(), `${origin}/`)
    const facts = await world.facts({ request: 2, impression: 2, click: 2 })
    assert.equal(countOf(facts, 'click'), 2)
    await page.context().close()
  })

  test('a tag counts with and without scripts', async ({ assert, cleanup }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const src = `${delivery.origin}/v1/tag/${placementId}?w=300&h=250`
    const origin = await publisher(cleanup, () => `<iframe src="${src}" width="300" height="250"></iframe>`)
    const withScripts = await visit(browser, origin)
    await withScripts.waitForTimeout(1600)
    // By itself: Chromium switches scripts off in a frame of another origin too late for its <noscript>.
    const without = await visit(browser, src, { javaScriptEnabled: false })
    await without.waitForLoadState('networkidle')
    await counted(assert, world, { request: 2, impression: 2, viewable: 1, click: 0, measurable: 1 })
    await withScripts.context().close()
    await without.context().close()
  })

  test('a strict page keeps its policy and gets its ad; a wrong placement costs only its own slot', async ({
    assert,
    cleanup,
  }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const allowed = `${delivery.origin} ${delivery.creativeOrigin}`
    const policy =
      `default-src 'none'; script-src ${delivery.origin}; connect-src ${delivery.origin}; img-src ${allowed}; ` +
      "require-trusted-types-for 'script'; trusted-types placard"
    const wrong = '0199aaaa-0000-7000-8000-000000000000'
    const body = () =>
      `<!doctype html><title>Strict</title>${script()}<div data-placard="${wrong}"></div>` +
      `<div data-placard="${placementId}" data-properties="{broken"></div>`
    const origin = await publisher(cleanup, body, { 'content-security-policy': policy })
    const page = await visit(browser, origin)
    await until('the slot is filled', async () => (await stateOf(page, placementId)) === 'filled')
    assert.equal(await stateOf(page, wrong), 'error')
    await world.facts({ impression: 1 })
    await page.evaluate(
      (id) => (window as unknown as { placard: { refresh(id: string): Promise<void> } }).placard.refresh(id),
      placementId
    )
    const facts = await world.facts({ request: 2, impression: 2 })
    assert.equal(countOf(facts, 'request'), 2)
    await page.context().close()
  })

  test('a phone gets the size that fits it', async ({ assert, cleanup }) => {
    const world = await DeliveryWorld.create()
    const sizes: [number, number][] = [
      [728, 90],
      [320, 50],
    ]
    const placementId = await world.placement({ sizes })
    await world.line([728, 90], { cpm: '9.00' })
    await world.line([320, 50], { cpm: '1.00' })
    await world.live(placementId)
    const origin = await publisher(cleanup, () => script() + slot(placementId, '728x90,320x50', 50))
    for (const [viewport, wanted] of [
      [390, 320],
      [1280, 728],
    ] as const) {
      const context = await browser.newContext({
        userAgent: PERSON_AGENT,
        viewport: { width: viewport, height: 800 },
      })
      const page = await context.newPage()
      await page.goto(origin)
      const picture = page.locator(`[data-placard="${placementId}"] img`)
      assert.equal(await picture.getAttribute('width'), String(wanted))
      await context.close()
    }
  })

  test('a slot that is not displayed asks for no ad until it is', async ({ assert, cleanup }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const body = `${slot(placementId, '300x250', 250)}<style>@media (max-width: 600px) { div { display: none } }</style>`
    const origin = await publisher(cleanup, () => `<!doctype html>${script()}${body}`)
    const context = await browser.newContext({
      userAgent: PERSON_AGENT,
      viewport: { width: 400, height: 800 },
    })
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => request.url().endsWith('/v1/decisions') && asked.push(request.url()))
    await page.goto(origin)
    await until('the slot knows', async () => (await stateOf(page, placementId)) === 'hidden')
    assert.deepEqual(asked, [])
    await page.setViewportSize({ width: 1000, height: 800 })
    await until('the slot is filled', async () => (await stateOf(page, placementId)) === 'filled')
    assert.lengthOf(asked, 1)
    await context.close()
  })

  test('consent of the page goes with the request', async ({ assert, cleanup }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.live(placementId)
    const cmp = `<script>
      window.__tcfapi = (command, version, callback) => command === 'addEventListener' &&
        setTimeout(() => callback({ eventStatus: 'tcloaded', gdprApplies: true, tcString: 'CPx', listenerId: 1 }, true), 50)
      window.placard = { user: { id: 'reader' }, consent: { usPrivacy: '1YNN' } }
    </script>`
    const origin = await publisher(
      cleanup,
      () => `<!doctype html>${cmp}${script()}${slot(placementId, '300x250', 250)}`
    )
    const context = await browser.newContext({ userAgent: PERSON_AGENT })
    const page = await context.newPage()
    const asked = page.waitForRequest((request) => request.url().endsWith('/v1/decisions'))
    await page.goto(origin)
    const sent = (await asked).postDataJSON()
    assert.deepEqual(sent.consent, { gdpr: true, tcf: 'CPx', usPrivacy: '1YNN' })
    assert.deepEqual(sent.user, { id: 'reader' })
    assert.equal((await asked).method(), 'POST')
    await context.close()
  })
})
