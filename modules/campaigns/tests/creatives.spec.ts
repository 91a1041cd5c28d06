import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { markupCreative } from '#tests/support/demand'
import { animation, bitPng, flat, SVG_WITH_SCRIPT } from '#tests/support/images'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

const landingUrl = 'https://shop.example/winter?a=1&b=%20'

test.group('creatives over the API', () => {
  test('an uploaded image is stored by its content and served for ever', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const png = await flat(300, 250).png().toBuffer()
    const fields = { advertiserId, name: 'Banner ✂', landingUrl, altText: 'A "red" <box>' }
    const made = await api.upload('creatives', fields, png, '../../evil<script>.php')
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.containsSubset(made.body, {
      ...fields,
      type: 'image',
      width: 300,
      height: 250,
      assetType: 'image/png',
      assetFrames: 1,
      markup: null,
    })
    const path = String(made.body.assetPath)
    assert.match(path, /^\/c\/[0-9a-f]{64}\/300x250\.png$/)
    const again = await api.upload('creatives', { ...fields, name: 'Again' }, png, 'b.png')
    assert.equal(again.body.assetPath, path)
    const asset = await client.get(path)
    asset.assertStatus(200)
    assert.equal(asset.header('content-type'), 'image/png')
    assert.equal(asset.header('cache-control'), 'public, max-age=31536000, immutable')
    assert.match(asset.header('content-security-policy') ?? '', /^sandbox/)
    assert.equal(asset.header('x-content-type-options'), 'nosniff')
    assert.isUndefined(asset.header('set-cookie'))
    assert.equal(Number(asset.header('content-length')), made.body.assetBytes)
    const etag = asset.header('etag')!
    const unchanged = await client.get(path).header('if-none-match', `"x", W/${etag}`)
    unchanged.assertStatus(304)
    assert.equal(unchanged.header('cache-control'), asset.header('cache-control'))
    const head = await fetch(`http://${process.env.HOST}:${process.env.PORT}${path}`, { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, asset.header('content-length')])
  })

  test('addresses of no asset are 404, whatever they are', async ({ client, assert }) => {
    const hash = 'a'.repeat(64)
    for (const path of [
      `/c/${hash}/300x250.png`,
      `/c/${hash}/..%2f..%2f..%2fetc%2fpasswd`,
      `/c/..%2f..%2fdemo.json/1x1.png`,
      `/c/${hash.toUpperCase()}/1x1.png`,
      `/c/${hash}/1x1.svg`,
      `/c/%00/1x1.png`,
    ]) {
      const answer = await client.get(path)
      assert.equal(answer.status(), 404, path)
      assert.isUndefined(answer.header('cache-control'))
      assert.equal(answer.header('x-content-type-options'), 'nosniff')
    }
  })

  test('a file that is no good is refused with its reason', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const png = await flat(300, 250, '#123').png().toBuffer()
    const cases: [string, Buffer, number, string][] = [
      ['a.png', SVG_WITH_SCRIPT, 422, 'svg'],
      ['a.svg', SVG_WITH_SCRIPT, 422, 'svg'],
      ['a.png', bitPng(30_000, 30_000), 422, 'image_size'],
      ['a.png', png.subarray(0, Math.floor(png.length / 2)), 422, 'image'],
      ['a.png', Buffer.from('<html><script>alert(1)</script>'), 422, 'image_format'],
      ['a.png', Buffer.alloc(0), 422, 'required'],
    ]
    for (const [name, file, status, code] of cases) {
      const answer = await api.upload('creatives', { advertiserId, name: 'x', landingUrl }, file, name)
      const what = `${code}: ${JSON.stringify(answer.body)}`
      assert.equal(answer.status, status, what)
      assert.equal(answer.body.field, 'file', what)
      assert.equal((answer.body.errors as { code: string }[] | undefined)?.[0]?.code, code, what)
    }
    const large = await api.upload(
      'creatives',
      { advertiserId, name: 'x', landingUrl },
      Buffer.alloc(11 * 1024 * 1024),
      'a.png'
    )
    assert.deepEqual([large.status, large.body.code], [413, 'E_BODY_TOO_LARGE'])
    assert.equal((await api.read('creatives')).total, 0)
  })

  test('a form may say the sides that the image has, and brings one file', async ({ client, assert }) => {
    const { token } = await createWorld()
    const api = new Management(client, token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const fields = { advertiserId, name: 'x', landingUrl }
    const png = await flat(300, 250).png().toBuffer()
    const said = (width: string) => api.upload('creatives', { ...fields, width, height: '250' }, png, 'a.png')
    assert.equal((await said('300')).status, 201)
    for (const width of ['301', '3e2', '0x12c', '300px']) {
      const answer = await said(width)
      assert.deepEqual([answer.status, answer.body.field], [422, 'width'], width)
    }
    const twice = client.post('/api/v1/creatives').bearerToken(token).fields(fields)
    const answer = await twice
      .file('file', png, { filename: 'a.png' })
      .file('file', png, { filename: 'b.png' })
    assert.deepEqual([answer.status(), answer.body().field], [422, 'file'])
  })

  test('the name of a file says nothing about its format', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const fields = { advertiserId, name: 'x', landingUrl }
    const jpeg = await api.upload('creatives', fields, await flat(40, 30).jpeg().toBuffer(), 'a.gif')
    assert.match(String(jpeg.body.assetPath), /40x30\.jpg$/)
    const gif = await api.upload('creatives', fields, await animation(12, 10, 3), 'a.png')
    assert.match(String(gif.body.assetPath), /12x10\.gif$/)
    assert.equal(gif.body.assetFrames, 3)
  })

  test('bad fields are refused, and nothing is made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const cases: [Record<string, unknown>, string][] = [
      [{ markup: undefined }, 'markup'],
      [{ markup: null }, 'markup'],
      [{ markup: ' ' }, 'markup'],
      [{ markup: 'a\u0000' }, 'markup'],
      [{ markup: 'ä'.repeat(32_769) }, 'markup'],
      [{ markup: ['<b>'] }, 'markup'],
      [{ width: undefined }, 'width'],
      [{ width: '300' }, 'width'],
      [{ height: 0 }, 'height'],
      [{ height: 4097 }, 'height'],
      [{ landingUrl: undefined }, 'landingUrl'],
      [{ landingUrl: 'javascript:alert(1)' }, 'landingUrl'],
      [{ landingUrl: 'data:text/html,x' }, 'landingUrl'],
      [{ landingUrl: 'https://a:b@shop.example/' }, 'landingUrl'],
      [{ landingUrl: '//shop.example/' }, 'landingUrl'],
      [{ type: 'flash' }, 'type'],
      [{ type: 'image' }, 'file'],
      [{ altText: 'a'.repeat(501) }, 'altText'],
      [{ name: '' }, 'name'],
    ]
    for (const [fault, field] of cases) {
      const answer = await api.send('POST', 'creatives', { ...markupCreative(advertiserId), ...fault })
      const what = `${JSON.stringify(fault).slice(0, 80)}: ${JSON.stringify(answer.body)}`
      assert.deepEqual([answer.status, answer.body.field], [422, field], what)
    }
    const foreign = await api.send('POST', 'creatives', markupCreative(newId()))
    assert.deepEqual([foreign.status, foreign.body.field], [404, 'advertiserId'])
    assert.equal((await api.read('creatives')).total, 0)
  })

  test('an image keeps its picture; markup may be corrected', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const fields = { advertiserId, name: 'x', landingUrl }
    const image = (await api.upload('creatives', fields, await flat(40, 30).png().toBuffer(), 'a.png')).body
    for (const [change, field] of [
      [{ width: 41 }, 'width'],
      [{ markup: '<b>' }, 'markup'],
      [{ type: 'third_party' }, 'type'],
    ] as const) {
      const answer = await api.send('PATCH', `creatives/${String(image.id)}`, change)
      assert.deepEqual([answer.status, answer.body.field], [422, field])
    }
    const path = `creatives/${String(image.id)}`
    const changed = await api.change(path, { altText: null, landingUrl: 'http://other.example', name: 'y' })
    assert.containsSubset(changed, { altText: null, landingUrl: 'http://other.example/', name: 'y' })
    const markup = await api.create('creatives', markupCreative(advertiserId))
    const corrected = await api.change(`creatives/${markup.id}`, {
      markup: '<i>\n</i>',
      width: 728,
      height: 90,
    })
    assert.containsSubset(corrected, { markup: '<i>\n</i>', width: 728, height: 90 })
    assert.equal((await api.send('PATCH', `creatives/${markup.id}`, { markup: null })).status, 422)
    assert.equal((await api.send('DELETE', path)).status, 204)
    assert.equal((await api.read(path)).status, 'archived')
  })

  test('a repeated upload under one Idempotency-Key makes one creative', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const png = await flat(40, 30).png().toBuffer()
    const key = newId()
    const send = () =>
      client
        .post('/api/v1/creatives')
        .bearerToken(world.token)
        .header('idempotency-key', key)
        .file('file', png, { filename: 'a.png' })
        .fields({ advertiserId, name: 'x', landingUrl })
    const [first, second] = [await send(), await send()]
    assert.deepEqual([first.status(), second.status()], [201, 201])
    assert.equal(second.body().id, first.body().id)
    assert.equal((await api.read('creatives')).total, 1)
  })
})
