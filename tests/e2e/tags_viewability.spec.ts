import { test } from '@japa/runner'
import { chromium, type Browser } from 'playwright-core'
import delivery from '#config/delivery'
import { BROWSER_FLAGS, openBrowser, PERSON_AGENT } from '#tests/support/browser'
import { countOf, until } from '#tests/support/delivery_world'
import { PlainTabs } from '#tests/support/plain_tabs'
import { freePort } from '#tests/support/ports'
import { filledPlacement, publisherPage, script, slot, stateOf, visit } from '#tests/support/tag_pages'

/** Longer than the second of the rule by what a busy machine needs. */
const LONG_ENOUGH_MS = 1900
const SPACE = '<div style="height:3000px"></div>'

test.group('viewability in a browser', (group) => {
  let browser: Browser
  group.setup(async () => {
    browser = await openBrowser()
    return () => browser.close()
  })

  test('scrolled: {percent} percent of an ad of {width}x{height} in view -> viewable {expected}')
    .with([
      { width: 300, height: 250, percent: 40, expected: false },
      { width: 300, height: 250, percent: 60, expected: true },
      { width: 970, height: 250, percent: 20, expected: false },
      { width: 970, height: 250, percent: 40, expected: true },
    ])
    .run(async ({ assert, cleanup }, { width, height, percent, expected }) => {
      const [world, id] = await filledPlacement(width, height)
      const body = script() + SPACE + slot(id, `data-sizes="${width}x${height}"`) + SPACE
      const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
      await page.locator(`[data-placard="${id}"] img`).waitFor({ timeout: 5000 })
      await page.evaluate(
        ([part, whole]) => {
          const top = document.querySelector('[data-placard]')!.getBoundingClientRect().top + scrollY
          scrollTo(0, top + whole! * part! - innerHeight)
        },
        [percent / 100, height]
      )
      await page.waitForTimeout(LONG_ENOUGH_MS)
      assert.equal(calls.trackers.includes('v'), expected)
      const facts = await world.facts({ impression: 1, measurable: 1, viewable: expected ? 1 : 0 })
      assert.equal(countOf(facts, 'viewable'), expected ? 1 : 0)
      await page.context().close()
    })

  test('half a second in view, twice, is not a second', async ({ assert, cleanup }) => {
    const [, id] = await filledPlacement()
    const body = script() + SPACE + slot(id) + SPACE
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await page.locator(`[data-placard="${id}"] img`).waitFor({ timeout: 5000 })
    for (let turn = 0; turn < 2; turn++) {
      await page.evaluate(() => document.querySelector('[data-placard]')!.scrollIntoView())
      await page.waitForTimeout(500)
      await page.evaluate(() => scrollTo(0, 0))
      await page.waitForTimeout(700)
    }
    assert.deepEqual(calls.trackers.sort(), ['i', 'm'])
    await page.evaluate(() => document.querySelector('[data-placard]')!.scrollIntoView())
    await until('it is viewable', async () => calls.trackers.includes('v'))
    await page.context().close()
  })

  test('{what} -> viewable {expected}')
    .with([
      { what: 'covered by an overlay', cover: 'left:0;top:0;width:400px;height:400px', expected: false },
      { what: 'a fifth under a bar', cover: 'left:0;top:0;width:400px;height:50px', expected: true },
      { what: 'two thirds under a bar', cover: 'left:0;top:0;width:400px;height:170px', expected: false },
      { what: 'invisible by opacity', style: 'opacity:0', expected: false },
      { what: 'hardly opaque', style: 'opacity:0.2', expected: false },
      { what: 'cut off by its container', style: 'height:60px;overflow:hidden', expected: false },
    ])
    .run(async ({ assert, cleanup }, { cover, style, expected }) => {
      const [, id] = await filledPlacement()
      const overlay = cover
        ? `<div id="cover" style="position:fixed;z-index:9;background:#fff;${cover}"></div>`
        : ''
      const body = `<style>body{margin:0}</style>${script()}<div style="width:300px;${style ?? ''}">${slot(id)}</div>${overlay}`
      const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
      await page.locator(`[data-placard="${id}"] img`).waitFor({ timeout: 5000 })
      await page.waitForTimeout(LONG_ENOUGH_MS)
      assert.deepEqual(calls.trackers.sort(), expected ? ['i', 'm', 'v'] : ['i', 'm'])
      if (cover && !expected) {
        await page.evaluate(() => document.querySelector('#cover')!.remove())
        await until('it is viewable', async () => calls.trackers.includes('v'))
      }
      await page.context().close()
    })

  test('an iframe tag in a foreign page: {where} -> viewable {expected}')
    .with([
      { where: 'in view', above: 0, cover: '', expected: true },
      { where: 'below the window', above: 2000, cover: '', expected: false },
      {
        where: 'under what the page puts over it',
        above: 0,
        cover: '<div style="position:fixed;inset:0;background:#fff"></div>',
        expected: false,
      },
    ])
    .run(async ({ assert, cleanup }, { above, cover, expected }) => {
      const [, id] = await filledPlacement()
      const src = `${delivery.origin}/v1/tag/${id}?w=300&h=250`
      const body = `<div style="height:${above}px"></div><iframe src="${src}" width="300" height="250" style="border:0"></iframe>${cover}`
      const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
      await until('the impression is sent', async () => calls.trackers.includes('i'))
      await page.waitForTimeout(LONG_ENOUGH_MS)
      assert.deepEqual(calls.trackers.sort(), expected ? ['i', 'm', 'v'] : ['i', 'm'])
      await page.context().close()
    })

  test('a third-party frame is measured like a picture', async ({ assert, cleanup }) => {
    const [world, id] = await filledPlacement(728, 90)
    await world.line([728, 90], { cpm: '90.00', markup: '<b>Rich</b>' })
    await until('the markup serves', async () => {
      await world.live(id)
      const body = JSON.stringify({ placements: [{ id }] })
      const answer = await fetch(`${delivery.origin}/v1/decisions`, { method: 'POST', body })
      return (await answer.text()).includes('Rich')
    })
    const body = script() + slot(id, 'data-sizes="728x90"')
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await until('it is viewable', async () => calls.trackers.includes('v'))
    assert.equal(await stateOf(page, id), 'filled')
    assert.deepEqual(calls.trackers.sort(), ['i', 'm', 'v'])
    await page.context().close()
  })
})

test.group('viewability in tabs', () => {
  test('an ad in a tab behind another one is not viewable until the tab comes to the front', async ({
    assert,
    cleanup,
  }) => {
    const port = await freePort()
    const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
    const browser = await chromium.launch({
      executablePath,
      headless: true,
      args: [...BROWSER_FLAGS, `--remote-debugging-port=${port}`],
    })
    cleanup(() => browser.close())
    const [world, id] = await filledPlacement()
    const origin = await publisherPage(cleanup, () => script('data-refresh="30"') + slot(id))
    const tabs = await PlainTabs.on(port)
    cleanup(() => tabs.close())
    const behind = await tabs.open('about:blank', PERSON_AGENT)
    const front = await tabs.open(`${origin}/landing`)
    await tabs.call('Page.navigate', { url: origin }, behind.sessionId)
    await until('the ad is there', () =>
      behind.read('document.querySelector("[data-placard] img")?.complete === true')
    )
    await new Promise((resolve) => setTimeout(resolve, LONG_ENOUGH_MS))
    assert.equal(await behind.read('document.visibilityState'), 'hidden')
    const before = await world.facts({ impression: 1, measurable: 1 })
    assert.equal(countOf(before, 'viewable'), 0)
    await behind.toFront()
    const after = await world.facts({ viewable: 1 })
    assert.equal(countOf(after, 'viewable'), 1)
    assert.equal(await front.read('document.visibilityState'), 'hidden')
  })
})
