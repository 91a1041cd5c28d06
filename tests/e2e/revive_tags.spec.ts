import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import delivery from '#config/delivery'
import { openBrowser, PERSON_AGENT } from '#tests/support/browser'
import { countOf, until } from '#tests/support/delivery_world'
import { frontWorld } from '#tests/support/front_world'

const folder = `${delivery.origin}/www/delivery`

/** The tags of one zone in each of Revive's kinds, as its users have them in their pages. */
const pageOf = (zone: string, publisher: string) => `<!doctype html><title>News</title>
<ins data-revive-zoneid="${zone}" data-revive-id="0123456789abcdef0123456789abcdef"></ins>
<script async src="${folder}/asyncjs.php"></script>
<div id="written"><script src="${folder}/ajs.php?zoneid=${zone}&cb=1"></script></div>
<iframe id="frame" src="${folder}/afr.php?zoneid=${zone}&cb=2" width="300" height="250"></iframe>
<img id="image" src="${folder}/avw.php?zoneid=${zone}&cb=3&n=a1b2c3">
<script>var OA_zones = { top: ${zone} }</script>
<script src="${folder}/spcjs.php?id=${publisher}"></script>
<div id="single"><script>OA_show('top')</script></div>`

test.group('tags of Revive in a browser', () => {
  test('every kind of tag shows its ad, counts it once and leads to the landing page', async ({
    assert,
    cleanup,
  }) => {
    const { world, values } = await frontWorld()
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(pageOf(values.zone!, values.publisher!))
    })
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const browser = await openBrowser()
    cleanup(async () => {
      await browser.close()
      server.closeAllConnections()
      server.close()
    })
    const context = await browser.newContext({ userAgent: PERSON_AGENT })
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    const widthOf = (selector: string) =>
      page.locator(selector).evaluate((image) => (image as HTMLImageElement).naturalWidth)
    const inFrame = page.frameLocator('#frame').locator('a img')
    await until('all tags have their picture', async () => {
      const widths = await Promise.all(
        ['ins a img', '#written a img', '#single a img', '#image'].map(widthOf)
      )
      return widths.every((width) => width === 300) && (await inFrame.count()) === 1
    })
    assert.deepEqual(errors, [])
    assert.deepEqual(await context.cookies(), [])
    const link = await page.locator('ins a').getAttribute('href')
    const click = await fetch(link!, { redirect: 'manual', headers: { 'user-agent': PERSON_AGENT } })
    assert.equal(click.headers.get('location'), 'https://shop.example/landing?a=1&b=2')
    const facts = (await world.facts({ request: 5, impression: 5, click: 1 })).filter(
      ({ filter }) => filter === null
    )
    assert.equal(countOf(facts, 'impression'), 5)
    assert.equal(countOf(facts, 'click'), 1)
  })
})
