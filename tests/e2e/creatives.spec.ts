import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { Browser } from 'playwright-core'
import delivery from '#config/delivery'
import { CampaignsProvisioning } from '#modules/campaigns/contract'
import { openBrowser, PERSON_AGENT } from '#tests/support/browser'
import { countOf, DeliveryWorld } from '#tests/support/delivery_world'
import { zip } from '#tests/support/zips'

const SIZE = { width: 300, height: 250 }
/** A banner as tools export it: its own clickTag, a picture, a script beside the page, and an attempt to get out. */
const BANNER = zip([
  {
    name: 'index.html',
    data:
      '<!doctype html><html><head><meta name="ad.size" content="width=300,height=250">' +
      '<script>var clickTag = "https://evil.example/";</script><script src="js/banner.js"></script></head>' +
      '<body style="margin:0"><a id="ad" href="javascript:window.open(window.clickTag)" ' +
      'style="display:block;width:300px;height:250px;background:#c33">Buy</a></body></html>',
  },
  {
    name: 'js/banner.js',
    data:
      'window.ran = true; try { if (top !== self) top.location = "https://evil.example/" } catch (error) { window.held = error.name }' +
      'fetch("https://evil.example/").catch(() => { window.alone = true })',
  },
])

/** Where a visitor lands; `localhost` is our own machine, so an https destination is not needed for a landing page. */
async function landingPage(cleanup: (close: () => void) => void): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!doctype html><title>Landing</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}/landing`
}

async function worldWith(data: Record<string, unknown>, file?: Buffer) {
  const world = await DeliveryWorld.create()
  const campaigns = await app.container.make(CampaignsProvisioning)
  const { organisationId, advertiserId } = world
  const campaignId = await campaigns.createCampaign(organisationId, {
    advertiserId,
    name: 'Rich',
    status: 'active',
  })
  const fields = { advertiserId, name: 'Rich', ...data }
  const creativeId = await campaigns.createCreative(organisationId, fields, file)
  await campaigns.createLineItem(organisationId, {
    campaignId,
    name: 'Rich',
    tier: 'price_priority',
    status: 'active',
    price: { model: 'cpm', amount: '2.5', currency: 'EUR' },
    creatives: [{ creativeId }],
  })
  const placement = await world.placement({ sizes: [[300, 250]] })
  await world.live(placement)
  return { world, placement }
}

test.group('creatives in a browser', (group) => {
  let browser: Browser
  group.setup(async () => {
    browser = await openBrowser()
    return () => browser.close()
  })

  test('an HTML5 creative runs, stays in its sandbox, and its click is ours', async ({ assert, cleanup }) => {
    const landingUrl = await landingPage(cleanup)
    const { world, placement } = await worldWith({ type: 'html5', landingUrl }, BANNER)
    const context = await browser.newContext({ userAgent: PERSON_AGENT })
    cleanup(() => context.close())
    const page = await context.newPage()
    await page.goto(`${delivery.origin}/v1/tag/${placement}`)
    const ad = page.frames().find((frame) => frame.url().includes('/c/'))!
    assert.match(ad.url(), /\/c\/[0-9a-f]{64}\/index\.html\?clickTag=/)
    await ad.waitForFunction('window.ran && window.alone')
    assert.equal(await ad.evaluate('self.origin'), 'null')
    assert.include(String(await ad.evaluate('window.clickTag')), `${delivery.origin}/t/c/`)
    assert.include(page.url(), '/v1/tag/')
    const [popup] = await Promise.all([context.waitForEvent('page'), ad.click('#ad')])
    await popup.waitForURL(landingUrl)
    assert.equal(countOf(await world.facts({ click: 1 }), 'click'), 1)
    const forged = await context.newPage()
    await forged.goto(ad.url().replace(/clickTag=.*/, 'clickTag=https://evil.example/'))
    assert.equal(await forged.evaluate('window.clickTag'), 'about:blank')
  })

  test('a text creative is one link, and third-party clicks go where the creative allows', async ({
    assert,
    cleanup,
  }) => {
    const landingUrl = await landingPage(cleanup)
    const words = { type: 'text', title: 'Winter <sale>', callToAction: 'Buy', landingUrl, ...SIZE }
    const { placement } = await worldWith(words)
    const context = await browser.newContext({ userAgent: PERSON_AGENT })
    cleanup(() => context.close())
    const page = await context.newPage()
    await page.goto(`${delivery.origin}/v1/tag/${placement}`)
    const link = page.frameLocator('iframe').locator('a')
    assert.equal(await link.innerText(), 'Winter <sale>\nBuy')
    const [popup] = await Promise.all([context.waitForEvent('page'), link.click()])
    await popup.waitForURL(landingUrl)

    const markup =
      '<a id="x" href="${CLICK_URL}https://www.shop.example/deal?a=1&b=2">x</a><i>${PAGE_DOMAIN}</i>'
    const tag = await worldWith({ markup, landingUrl, clickDomains: ['shop.example'], ...SIZE })
    const answer = await fetch(`${delivery.origin}/v1/decisions`, {
      method: 'POST',
      body: JSON.stringify({ placements: [{ id: tag.placement }], url: 'https://news.example/a' }),
    })
    const { decisions } = (await answer.json()) as {
      decisions: { ad: { markup: string; urls: { click: string } } }[]
    }
    const { ad } = decisions[0]!
    assert.include(ad.markup, 'news.example')
    const follow = async (query: string) =>
      (await fetch(ad.urls.click + query, { redirect: 'manual' })).headers.get('location')
    const goal = 'https://www.shop.example/deal?a=1&b=2'
    assert.include(ad.markup, `${ad.urls.click}?to=${goal.replace('&', '&amp;')}`)
    assert.equal(await follow(`?to=${goal}`), goal)
    assert.equal(await follow(`?to=${encodeURIComponent(goal)}`), goal)
    for (const query of [
      '',
      '?to=',
      '?to=https://evil.example/',
      '?to=//evil.example',
      '?url=https://evil.example',
    ]) {
      assert.equal(await follow(query), landingUrl, query)
    }
  })
})
