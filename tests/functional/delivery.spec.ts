import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import delivery from '#config/delivery'
import type { EdgeHeaders, EdgeRequest } from '#modules/kernel/edge'
import { newId, uuidTimeMs, uuidToBytes } from '#modules/kernel/ids'
import { Clock, type EpochMs } from '#modules/kernel/time'
import { AgentReader } from '#modules/context/contract'
import { EventLog, FACT_KIND, TOKEN_LIFETIME_MS, TokenCodec } from '#modules/events/contract'
import { Matching } from '#modules/matching/contract'
import { trackerRoutes } from '#modules/serving/handlers/trackers'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { countOf, DeliveryWorld } from '#tests/support/delivery_world'

const BOT_AGENT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

type Answer = {
  decisions: { placementId: string; ad: Ad | null; fallback?: { markup: string } }[]
  explain?: Record<string, { lineItemId: string; reason: string | null }[]>
}
type Ad = {
  lineItemId: string
  creativeId: string
  markup: string
  urls: { impression: string; viewable: string; measurable: string; click: string }
}

async function ask(body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${delivery.origin}/v1/decisions`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'user-agent': BROWSER_AGENT, ...headers },
  })
  const read = await answer.json()
  if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(read)}`)
  return read
}

const hit = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url, { method, redirect: 'manual', headers: { 'user-agent': BROWSER_AGENT, ...headers } })

const tokenOf = (ad: Ad) => ad.urls.impression.split('/').at(-1)!

async function claimsOf(ad: Ad) {
  const reading = (await app.container.make(TokenCodec)).read(tokenOf(ad), Date.now())
  if (!reading.ok) throw new Error(reading.failure)
  return reading.claims
}

/** A log whose disk is full. */
class FullLog extends EventLog {
  readonly isOpen = false
  append() {
    return Promise.resolve({ ok: false as const, error: { type: 'log_full' as const } })
  }
  note() {
    return false
  }
}

const requestFor = (token: string): EdgeRequest => ({
  method: 'GET',
  path: '',
  query: '',
  header: (name) => (name === 'user-agent' ? BROWSER_AGENT : undefined),
  body: Buffer.alloc(0),
  remoteAddress: '127.0.0.1',
  params: { token },
})

test.group('delivery', () => {
  test('an ad carries absolute URLs of the configuration and a token that says what was decided', async ({
    assert,
  }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    const line = await world.line([300, 250], { cpm: '2.345' })
    await world.live(placementId)
    const before = Date.now()
    const { decisions } = await ask({ placements: [{ id: placementId }] }, { host: 'evil.example' })
    const ad = decisions[0]!.ad!
    assert.containsSubset(ad, { ...line, width: 300, height: 250, mediaType: 'banner' })
    for (const url of [ad.urls.impression, ad.urls.viewable, ad.urls.measurable, ad.urls.click]) {
      assert.isTrue(url.startsWith(`${delivery.origin}/t/`))
    }
    const claims = await claimsOf(ad)
    assert.containsSubset(claims, {
      placementId,
      ...line,
      charge: 1,
      price: 2_345_000,
      currency: 'EUR',
      subjectRef: null,
    })
    assert.isAtLeast(uuidTimeMs(uuidToBytes(claims.id)), before)
    assert.closeTo(claims.expiresAt - before, TOKEN_LIFETIME_MS, 5000)
  })

  test('request, impression, viewable and click settle once each, with the price of the decision', async ({
    assert,
  }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250], { cpc: '0.55' })
    await world.live(placementId)
    const ad = (await ask({ placements: [{ id: placementId }] })).decisions[0]!.ad!
    for (const url of [ad.urls.impression, ad.urls.viewable, ad.urls.measurable, ad.urls.click]) {
      assert.isBelow((await hit(url)).status, 400)
      await hit(url, {}, 'HEAD')
      await hit(url, { 'sec-purpose': 'prefetch' })
    }
    const facts = await world.facts({ request: 1, impression: 1, viewable: 1, click: 1, measurable: 1 })
    assert.lengthOf(facts, 5)
    const { id } = await claimsOf(ad)
    for (const fact of facts) {
      assert.containsSubset(fact, { id, placementId, charge: 2, price: 550_000_000, filter: null })
      assert.equal(fact.lineItemId, ad.lineItemId)
    }
    assert.sameMembers(
      facts.map((fact) => fact.kind),
      (['request', 'impression', 'viewable', 'measurable', 'click'] as const).map((kind) => FACT_KIND[kind])
    )
  })

  test('a slot without an ad notes a request, and shows the fallback of the placement', async ({
    assert,
  }) => {
    const world = await DeliveryWorld.create()
    const markup = '<a href="https://news.example/subscribe">Subscribe</a><script>1</script>'
    const placementId = await world.placement({ sizes: [[728, 90]], fallback: { type: 'markup', markup } })
    const bare = await world.placement({ sizes: [[728, 90]] })
    await world.live(bare)
    const { decisions } = await ask({ placements: [{ id: placementId }, { id: bare }] })
    assert.isNull(decisions[0]!.ad)
    assert.match(decisions[0]!.fallback!.markup, /^<iframe sandbox="[^"]+" width="728" height="90"/)
    assert.deepEqual(decisions[1], { placementId: bare, ad: null })
    const facts = await world.facts({ request: 2 })
    for (const fact of facts) assert.containsSubset(fact, { kind: 1, lineItemId: null, charge: 0, price: 0 })
    assert.lengthOf(new Set(facts.map((fact) => fact.id)), 2)
  })

  test('a line item is used once while others match, then again', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    for (const cpm of ['3.00', '2.00', '1.00']) await world.line([300, 250], { cpm })
    await world.live(placementId)
    const { decisions } = await ask({ placements: [{ id: placementId, count: 4 }] })
    const ids = decisions.map(({ ad }) => ad!.lineItemId)
    assert.lengthOf(new Set(ids.slice(0, 3)), 3)
    assert.include(ids.slice(0, 3), ids[3]!)
  })

  test('placements of two organisations do not meet in one call', async ({ assert }) => {
    const [one, other] = [await DeliveryWorld.create(), await DeliveryWorld.create()]
    const mine = await one.placement({ sizes: [[300, 250]] })
    const theirs = await other.placement({ sizes: [[300, 250]] })
    await one.live(mine)
    await other.live(theirs)
    const answer = await fetch(`${delivery.origin}/v1/decisions`, {
      method: 'POST',
      body: JSON.stringify({ placements: [{ id: mine }, { id: theirs }] }),
    })
    assert.equal(answer.status, 404)
    assert.containsSubset(await answer.json(), { code: 'E_PLACEMENT_UNKNOWN', field: 'placements[1].id' })
  })

  test('sizes, keywords and key-values of request and placement decide', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({
      sizes: [
        [300, 250],
        [300, 600],
      ],
    })
    const rule = (key: string, value: string) => ({ keyValues: [{ key, include: [value] }] })
    const wide = await world.line([300, 600], { cpm: '9.00' })
    const news = await world.line([300, 250], { cpm: '5.00', targeting: { keywords: { include: ['news'] } } })
    const sport = await world.line([300, 250], { cpm: '4.00', targeting: rule('section', 'sport') })
    const any = await world.line([300, 250], { cpm: '1.00' })
    await world.live(placementId)
    const winner = async (slot: object, rest: object = {}) => {
      const { decisions } = await ask({ placements: [{ id: placementId, ...slot }], ...rest })
      return decisions[0]!.ad?.lineItemId ?? null
    }
    assert.equal(await winner({}), wide.lineItemId)
    assert.equal(await winner({ sizes: ['300x250'] }), any.lineItemId)
    assert.equal(await winner({ sizes: [[300, 250]] }, { keywords: [' NEWS '] }), news.lineItemId)
    assert.equal(await winner({ sizes: ['300x250'], keywords: ['news'] }), news.lineItemId)
    assert.equal(
      await winner({ sizes: ['300x250'] }, { properties: { section: ['a', 'sport'] } }),
      sport.lineItemId
    )
    const replaced = { sizes: ['300x250'], properties: { section: 'culture' } }
    assert.equal(await winner(replaced, { properties: { section: 'sport' } }), any.lineItemId)
    assert.isNull(await winner({ sizes: ['728x90'] }))
  })

  test('a stated address and agent, and explain, need a token of the organisation', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const stranger = await (await DeliveryWorld.create()).token()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    const phones = await world.line([300, 250], { targeting: { deviceTypes: { include: ['smartphone'] } } })
    await world.live(placementId)
    const phone =
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36'
    const body = { placements: [{ id: placementId }], userAgent: phone, explain: true }
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
    for (const headers of [{}, bearer('nonsense'), bearer(stranger)]) {
      const answer = await ask(body, headers)
      assert.isNull(answer.decisions[0]!.ad)
      assert.isUndefined(answer.explain)
    }
    const honoured = await ask(body, bearer(await world.token()))
    assert.equal(honoured.decisions[0]!.ad!.lineItemId, phones.lineItemId)
    assert.deepEqual(honoured.explain, { [placementId]: [{ lineItemId: phones.lineItemId, reason: null }] })
    const unfit = await ask({ placements: body.placements, explain: true }, bearer(await world.token()))
    assert.equal(unfit.explain![placementId]![0]!.reason, 'device_type')
    const party = await world.token([{ type: 'advertiser', id: world.advertiserId }])
    assert.isUndefined((await ask(body, bearer(party))).explain)
  })

  test('an id is used only when the consent allows it', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const refOf = async (consent: object, headers: Record<string, string> = {}, id: unknown = 'reader-1') => {
      const { decisions } = await ask({ placements: [{ id: placementId }], user: { id }, consent }, headers)
      return (await claimsOf(decisions[0]!.ad!)).subjectRef
    }
    assert.isNull(await refOf({}))
    assert.isNull(await refOf({ gdpr: true }))
    assert.isNull(await refOf({ gdpr: true, tcf: 'nonsense' }))
    assert.isNull(await refOf({ gdpr: false }, { 'sec-gpc': '1' }))
    // Without permission the id is not even looked at, so a wrong type is nobody's business.
    assert.isNull(await refOf({ gdpr: true }, {}, { not: 'text' }))
    const allowed = await refOf({ gdpr: false })
    assert.lengthOf(allowed!, 16)
    assert.deepEqual(await refOf({ gdpr: false }), allowed)
    assert.notDeepEqual(await refOf({ gdpr: false }, {}, 'reader-2'), allowed)
    await assert.rejects(() => refOf({ gdpr: false }, {}, { not: 'text' }), /422 .*user\.id/)
  })

  test('an expired token is gone, a click on an unknown creative leads nowhere', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const codec = await app.container.make(TokenCodec)
    const claims = await claimsOf((await ask({ placements: [{ id: placementId }] })).decisions[0]!.ad!)
    const expired = codec.write({ ...claims, expiresAt: (Date.now() - 1) as EpochMs })
    for (const kind of ['i', 'v', 'c']) {
      const answer = await hit(`${delivery.origin}/t/${kind}/${expired}`)
      assert.equal(answer.status, 410)
      assert.isNull(answer.headers.get('location'))
    }
    const orphan = codec.write({ ...claims, creativeId: newId<'creative'>() })
    const answer = await hit(`${delivery.origin}/t/c/${orphan}`)
    assert.equal(answer.status, 404)
    assert.equal((await answer.json()).code, 'E_CREATIVE_UNKNOWN')
    assert.lengthOf(await world.facts({ request: 1 }), 1)
  })

  test('without a log nothing is acknowledged, and a click still reaches its page', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250], { landingUrl: 'https://shop.example/there' })
    await world.live(placementId)
    const ad = (await ask({ placements: [{ id: placementId }] })).decisions[0]!.ad!
    const parts = {
      clock: await app.container.make(Clock),
      agents: await app.container.make(AgentReader),
      codec: await app.container.make(TokenCodec),
      matching: await app.container.make(Matching),
      log: new FullLog(),
    }
    const tracked = async (kind: string) => {
      const route = trackerRoutes(parts).find(({ path }) => path === `/t/${kind}/:token`)!
      let seen: { status: number; headers: EdgeHeaders } | null = null
      await route.handle(requestFor(tokenOf(ad)), { send: (status, headers) => (seen = { status, headers }) })
      return seen!
    }
    for (const kind of ['i', 'v']) {
      const answer: { status: number; headers: EdgeHeaders } = await tracked(kind)
      assert.equal(answer.status, 503)
      assert.match(answer.headers['retry-after']!, /^\d+$/)
    }
    const click: { status: number; headers: EdgeHeaders } = await tracked('c')
    assert.equal(click.status, 302)
    assert.equal(click.headers.location, 'https://shop.example/there')
  })

  test('what a bot asks for and calls counts gross, not net', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const ad = (await ask({ placements: [{ id: placementId }] }, { 'user-agent': BOT_AGENT })).decisions[0]!
      .ad!
    assert.equal((await hit(ad.urls.impression, { 'user-agent': BOT_AGENT })).status, 200)
    for (const fact of await world.facts({ request: 1, impression: 1 })) assert.equal(fact.filter, 'bot')
  })

  test('hostile names stay text in tag and markup', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250], { altText: `"><script>alert(1)</script>'<img src=x onerror=alert(1)>` })
    await world.live(placementId)
    const html = await (await hit(`${delivery.origin}/v1/tag/${placementId}`)).text()
    assert.lengthOf(html.match(/<script/g)!, 1)
    assert.notInclude(html, '<img src=x')
  })

  test('a tag notes a request, and HEAD and prefetch use up no ad', async ({ assert }) => {
    const world = await DeliveryWorld.create()
    const placementId = await world.placement({ sizes: [[300, 250]] })
    await world.line([300, 250])
    await world.live(placementId)
    const url = `${delivery.origin}/v1/tag/${placementId}`
    assert.equal((await hit(url, {}, 'HEAD')).status, 200)
    assert.equal((await hit(url, { 'sec-purpose': 'prefetch;prerender' })).status, 503)
    assert.equal((await hit(url)).status, 200)
    assert.equal(countOf(await world.facts({ request: 1 }), 'request'), 1)
  })
})
