import { test } from '@japa/runner'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#tests/support/browser'
import { DeliveryWorld, until } from '#tests/support/delivery_world'
import {
  filledPlacement,
  publisherPage,
  script,
  seenOf,
  slot,
  stateOf,
  visit,
  type Calls,
} from '#tests/support/tag_pages'

const SPACE = '<div style="height:3000px"></div>'
const idsOf = ({ asked }: Calls) => asked.map(({ placements }) => placements.map(({ id }) => id))
const filled = (page: Page, id: string) =>
  until('the slot is filled', async () => (await stateOf(page, id)) === 'filled')
/** A page of an app: what it does next is evaluated. */
const addSlot = (page: Page, id: string) =>
  page.evaluate((placementId) => {
    const element = document.createElement('div')
    element.dataset.placard = placementId
    document.querySelector('main')!.append(element)
  }, id)

test.group('placard.js in a page', (group) => {
  let browser: Browser
  group.setup(async () => {
    browser = await openBrowser()
    return () => browser.close()
  })

  test('a lazy slot asks when it comes within its margin, and nothing moves', async ({ assert, cleanup }) => {
    const [, id] = await filledPlacement()
    const [, first] = await filledPlacement()
    const body = `${script('data-lazy="100"')}${slot(first, 'data-sizes="300x250" data-lazy="off"', 'min-height:250px')}${SPACE}${slot(id)}<p>Below</p>${SPACE}`
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await filled(page, first)
    assert.equal(await stateOf(page, id), 'waiting')
    const top = await page.evaluate(
      (of) => document.querySelector(`[data-placard="${of}"]`)!.getBoundingClientRect().top,
      id
    )
    await page.evaluate((to) => scrollTo(0, to), top - 800 - 150)
    await page.waitForTimeout(400)
    assert.deepEqual(idsOf(calls), [[first]])
    await page.evaluate((to) => scrollTo(0, to), top - 800 - 60)
    await filled(page, id)
    assert.deepEqual(idsOf(calls), [[first], [id]])
    await page.evaluate((to) => scrollTo(0, to), top)
    await page.waitForTimeout(300)
    const seen = await seenOf(page)
    assert.deepEqual(seen.shifts, [])
    assert.deepEqual(seen.errors, [])
    await page.context().close()
  })

  test('containers that an app adds are filled, those that it takes away are forgotten', async ({
    assert,
    cleanup,
  }) => {
    const [, first] = await filledPlacement()
    const [, second] = await filledPlacement()
    const body = `${script()}<main>${slot(first)}</main>`
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await filled(page, first)
    await page.evaluate(() => document.querySelector('main')!.replaceChildren())
    await addSlot(page, second)
    await filled(page, second)
    await page.evaluate(() =>
      (window as unknown as { placard: { refresh(): Promise<void> } }).placard.refresh()
    )
    assert.deepEqual(idsOf(calls), [[first], [second], [second]])
    await page.evaluate((id) => {
      document.querySelector<HTMLElement>('[data-placard]')!.dataset.placard = id
    }, first)
    await until('the changed slot asks', async () => idsOf(calls).length === 4)
    assert.deepEqual(idsOf(calls)[3], [first])
    await page.context().close()
  })

  test('a change of address asks for new ads with data-history="{history}": {expected} requests')
    .with([
      { history: 'refresh', expected: 3 },
      { history: '', expected: 1 },
    ])
    .run(async ({ assert, cleanup }, { history, expected }) => {
      const [, id] = await filledPlacement()
      const body = `${script(history && `data-history="${history}"`)}<main>${slot(id)}</main>`
      const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
      await filled(page, id)
      await page.evaluate(() => window.history.pushState({}, '', '/story'))
      await page.evaluate(() => window.history.pushState({}, '', '/story#comments'))
      await page.waitForTimeout(500)
      await page.evaluate(() => window.history.go(-2))
      await page.waitForTimeout(700)
      assert.lengthOf(calls.asked, expected)
      const [, second] = calls.asked as unknown as { url: string }[]
      if (second) assert.match(second.url, /\/story$/)
      await page.context().close()
    })

  test('a slot is asked for anew after it was seen for its interval, 30 seconds at least', async ({
    assert,
    cleanup,
  }) => {
    const [world, id] = await filledPlacement()
    const body = `${script('data-refresh="5"')}${slot(id, undefined, 'min-height:250px')}${SPACE}`
    const origin = await publisherPage(cleanup, () => body)
    const { page, calls } = await visit(browser, 'about:blank')
    await page.clock.install()
    await page.goto(origin)
    await filled(page, id)
    await until('it is rendered', async () => (await seenOf(page)).events.includes('rendered'))
    await page.waitForTimeout(400)
    await page.clock.runFor(27_000)
    assert.lengthOf(calls.asked, 1)
    await page.evaluate(() => scrollTo(0, 2000))
    await page.waitForTimeout(400)
    await page.clock.runFor(60_000)
    assert.lengthOf(calls.asked, 1, 'not while it is out of sight')
    await page.evaluate(() => scrollTo(0, 0))
    await page.waitForTimeout(400)
    await page.clock.runFor(10_000)
    await until('the new ad is asked for', async () => calls.asked.length === 2)
    await world.facts({ request: 2, impression: 2, viewable: 1 })
    assert.deepEqual((await seenOf(page)).shifts, [])
    await page.context().close()
  })

  test('the page is told by callbacks and by events on the slot', async ({ assert, cleanup }) => {
    const [world, id] = await filledPlacement()
    const nothing = await world.placement({ sizes: [[728, 90]] })
    await world.live(nothing)
    const queue = `<script>
      window.told = []
      window.placard = { queue: [(placard) => {
        placard.on('rendered', () => { throw new Error('the page is at fault') })
        for (const name of ['rendered', 'empty', 'viewable']) {
          placard.on(name, ({ placementId, lineItemId, width }) => told.push([name, placementId, lineItemId !== null, width]))
        }
      }] }
      document.addEventListener('placard:viewable', ({ target, detail }) => told.push([target.dataset.placard, detail.height]))
    </script>`
    const body = queue + script() + slot(id) + slot(nothing, '')
    const { page } = await visit(browser, await publisherPage(cleanup, () => body))
    await until('it is viewable', async () => (await seenOf(page)).events.includes('viewable'))
    const told = await page.evaluate(() => (window as unknown as { told: unknown[][] }).told)
    assert.sameDeepMembers(told, [
      ['rendered', id, true, 300],
      ['empty', nothing, false, 0],
      ['viewable', id, true, 300],
      [id, 250],
    ])
    await page.context().close()
  })

  test('a size map asks in a window of {width} for {expected}')
    .with([
      { width: 400, expected: ['320x50'] },
      { width: 1000, expected: ['728x90', '970x250'] },
      { width: 500, expected: null },
    ])
    .run(async ({ assert, cleanup }, { width, expected }) => {
      const world = await DeliveryWorld.create()
      const sizes: [number, number][] = [
        [728, 90],
        [320, 50],
      ]
      const id = await world.placement({ sizes })
      for (const size of sizes) await world.line(size)
      await world.live(id)
      const map = `data-sizes-map="0:320x50; 480:; 760:728x90,970x250"`
      const body = `${script()}${slot(id, map, 'min-height:90px')}`
      const origin = await publisherPage(cleanup, () => body)
      const { page, calls } = await visit(browser, origin, { width, height: 700 })
      if (expected === null) {
        await until('the slot knows', async () => (await stateOf(page, id)) === 'hidden')
        assert.deepEqual(calls.asked, [])
        await page.setViewportSize({ width: 1000, height: 700 })
      }
      await filled(page, id)
      const asked = calls.asked[0]!.placements[0] as unknown as { sizes: { width: number; height: number }[] }
      const wanted = expected ?? ['728x90', '970x250']
      assert.deepEqual(
        asked.sizes.map((size) => `${size.width}x${size.height}`),
        wanted
      )
      assert.deepEqual((await seenOf(page)).shifts, [])
      await page.context().close()
    })

  test('a fluid slot is as wide as its column, and its place is held', async ({ assert, cleanup }) => {
    const [, id] = await filledPlacement()
    const body = `${script()}<div style="width:600px">${slot(id, 'data-sizes="300x250" data-fluid', 'min-height:500px')}<p>Below</p></div>`
    const { page } = await visit(browser, await publisherPage(cleanup, () => body))
    await filled(page, id)
    const box = await page.locator(`[data-placard="${id}"] img`).boundingBox()
    assert.deepInclude(box, { width: 600, height: 500 })
    assert.deepEqual((await seenOf(page)).shifts, [])
    await page.context().close()
  })
})
