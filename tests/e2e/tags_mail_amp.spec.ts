import { test } from '@japa/runner'
import type { Browser } from 'playwright-core'
import delivery from '#config/delivery'
import { FACT_KIND } from '#modules/events/contract'
import { openBrowser, PERSON_AGENT } from '#tests/support/browser'
import { countOf, DeliveryWorld, until } from '#tests/support/delivery_world'
import { filledPlacement, publisherPage, visit } from '#tests/support/tag_pages'

const APPLE_AGENT = 'Mozilla/5.0'
const GMAIL_AGENT =
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'

const get = (path: string, userAgent = PERSON_AGENT, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${delivery.origin}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'user-agent': userAgent, ...headers },
  })
const locationOf = async (path: string, userAgent?: string) =>
  (await get(path, userAgent)).headers.get('location')!

/** Several image ads of one price and third-party markup that pays more, which mails cannot show. */
async function mailWorld(): Promise<{ world: DeliveryWorld; id: string; ads: Map<string, string> }> {
  const world = await DeliveryWorld.create()
  const id = await world.placement({ sizes: [[300, 250]] })
  await world.line([300, 250], { cpm: '90.00', markup: '<b>Rich</b>' })
  const ads = new Map<string, string>()
  for (let at = 0; at < 5; at++) {
    const landingUrl = `https://shop.example/${at}`
    ads.set(landingUrl, (await world.line([300, 250], { landingUrl })).lineItemId)
  }
  await world.live(id)
  return { world, id, ads }
}

test.group('ads in mails', () => {
  test('picture and link of a key lead to one ad, whoever asks; other keys to others', async ({ assert }) => {
    const { world, id, ads } = await mailWorld()
    const pictures = new Map<string, Set<string>>()
    for (let reader = 0; reader < 30; reader++) {
      const query = `${id}?key=reader-${reader}.may`
      const picture = await locationOf(`/v1/image/${query}`, GMAIL_AGENT)
      assert.equal(await locationOf(`/v1/image/${query}`), picture)
      const click = await locationOf(`/v1/link/${query}`)
      assert.isTrue(picture.startsWith(`${delivery.creativeOrigin}/c/`))
      const landing = await locationOf(new URL(click).pathname)
      assert.isTrue(ads.has(landing), landing)
      pictures.set(landing, (pictures.get(landing) ?? new Set()).add(picture))
    }
    assert.isAbove(pictures.size, 2)
    const facts = await world.facts({ impression: 30, click: 30 })
    const lineOf = (kind: number) =>
      new Map(
        facts.filter((fact) => fact.kind === kind && !fact.filter).map((fact) => [fact.id, fact.lineItemId])
      )
    assert.deepEqual(lineOf(FACT_KIND.click), lineOf(FACT_KIND.impression))
    assert.equal(lineOf(FACT_KIND.impression).size, 30)
  }).timeout(30_000)

  test('what shows the mail to nobody does not count', async ({ assert }) => {
    const [world, id] = await filledPlacement()
    for (const [key, agent] of [
      ['a', APPLE_AGENT],
      ['b', ''],
      ['c', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
      ['d', GMAIL_AGENT],
    ] as const) {
      assert.equal((await get(`/v1/image/${id}?key=${key}`, agent)).status, 302)
    }
    assert.equal((await get(`/v1/image/${id}?key=e`, PERSON_AGENT, {}, 'HEAD')).status, 302)
    assert.equal(
      (await get(`/v1/image/${id}?key=f`, PERSON_AGENT, { 'sec-purpose': 'prefetch' })).status,
      503
    )
    const facts = await world.facts({ impression: 4 })
    assert.equal(countOf(facts, 'impression'), 4)
    const counted = facts.filter((fact) => fact.kind === FACT_KIND.impression && fact.filter === null)
    assert.lengthOf(counted, 1)
  })

  test('the query decides nothing but the draw', async ({ assert }) => {
    const [, id] = await filledPlacement()
    const click = await locationOf(
      `/v1/link/${id}?key=x&url=https://evil.example&landing=https://evil.example`
    )
    assert.equal(new URL(click).origin, delivery.origin)
    assert.equal(await locationOf(new URL(click).pathname), 'https://shop.example/landing?a=1&b=2')
  })

  test('{path} -> {status}')
    .with([
      { path: '/v1/image/PLACEMENT', status: 422 },
      { path: '/v1/link/PLACEMENT?key=', status: 422 },
      { path: `/v1/link/PLACEMENT?key=${'x'.repeat(201)}`, status: 422 },
      { path: '/v1/image/0199aaaa-0000-7000-8000-000000000000?key=a', status: 404 },
      { path: '/v1/link/0199aaaa-0000-7000-8000-000000000000?key=a', status: 404 },
    ])
    .run(async ({ assert }, { path, status }) => {
      const [, id] = await filledPlacement()
      const answer = await get(path.replace('PLACEMENT', id))
      assert.equal(answer.status, status)
      if (status === 422) assert.equal((await answer.json()).field, 'key')
    })

  test('without an ad the picture is a pixel and the link leads nowhere', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const id = await world.placement({ sizes: [[300, 250]] })
    await world.live(id)
    const picture = await get(`/v1/image/${id}?key=a`)
    assert.equal(picture.status, 200)
    assert.equal(picture.headers.get('content-type'), 'image/gif')
    const link = await get(`/v1/link/${id}?key=a`)
    assert.equal(link.status, 404)
    assert.equal((await link.json()).code, 'E_NO_AD')
  })
})

test.group('AMP', (group) => {
  let browser: Browser
  group.setup(async () => {
    browser = await openBrowser()
    return () => browser.close()
  })

  test('the document asks AMP for the consent, fills its slot and counts', async ({ assert, cleanup }) => {
    const [world, id] = await filledPlacement()
    const src = `${delivery.origin}/v1/amp/${id}?w=300&h=250&kw=news&url=${encodeURIComponent('https://news.example/story')}`
    // What AMP's own runtime answers to a frame that asks.
    const body = `<script>
      addEventListener('message', ({ data, source }) => {
        if (data.sentinel !== 'amp' || data.type !== 'send-consent-data') return
        source.postMessage({ sentinel: 'amp', type: 'consent-data', consentPolicyState: 1, consentString: 'CPamp',
          consentMetadata: { gdprApplies: true, consentStringType: 2 } }, '*')
      })
    </script><iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" src="${src}" width="300" height="250"></iframe>`
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await until('it is viewable', async () => calls.trackers.includes('v'))
    assert.containsSubset(calls.asked[0], {
      url: 'https://news.example/story',
      keywords: ['news'],
      consent: { gdpr: true, tcf: 'CPamp' },
      placements: [{ id, sizes: [{ width: 300, height: 250 }] }],
    })
    const facts = await world.facts({ request: 1, impression: 1, measurable: 1, viewable: 1 })
    assert.isTrue(facts.every((fact) => fact.filter === null))
    await page.context().close()
  })

  test('an unknown placement and hostile parameters stay harmless', async ({ assert }) => {
    const [, id] = await filledPlacement()
    assert.equal((await get('/v1/amp/0199aaaa-0000-7000-8000-000000000000')).status, 404)
    const answer = await get(`/v1/amp/${id}?kw=${encodeURIComponent('"><script>alert(1)</script>')}&w=x&h=y`)
    assert.equal(answer.status, 200)
    assert.notInclude(await answer.text(), '"><script>alert')
    assert.match(answer.headers.get('content-security-policy')!, /^sandbox allow-scripts/)
  })
})
