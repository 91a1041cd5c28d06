import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import delivery from '#config/delivery'
import { hostileCreatives } from '#tests/support/hostile_creatives'
import { flat } from '#tests/support/images'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'
import { ENTRY_PAGE, html5, zip } from '#tests/support/zips'

const landingUrl = 'https://shop.example/winter'
const UPLOADS_AT_ONCE = 12

async function filesOnDisk(): Promise<string[]> {
  const stored = join(delivery.storageDir, 'creatives')
  const kept = await readdir(stored, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] // nothing was ever stored
    throw error
  })
  return kept.toSorted()
}

/** Temporary files of uploads are named by random words; others' files come and go, so only growth that stays counts. */
async function temporary(): Promise<number> {
  return (await readdir(tmpdir())).filter((name) => /^[a-z0-9]{20,}$/.test(name)).length
}

test.group('HTML5 creatives over the API', () => {
  test('a zip is unpacked, checked and served from an address of its content', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const png = await flat(30, 20).png().toBuffer()
    const bundle = html5(
      { name: 'img/', data: '', mode: 0o040755 },
      { name: 'img/banner@2x.png', data: Buffer.concat([png, Buffer.from('<script>')]), method: 0 },
      { name: 'js/app 1.js', data: 'document.title = "x"' },
      { name: '__MACOSX/._index.html', data: 'x' }
    )
    const made = await api.upload('creatives', { advertiserId, name: 'Rich', landingUrl }, bundle, 'ad.png')
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.containsSubset(made.body, { type: 'html5', width: 300, height: 250, assetType: 'text/html' })
    const path = String(made.body.assetPath)
    assert.match(path, /^\/c\/[0-9a-f]{64}\/index\.html$/)
    const entry = await client.get(path)
    entry.assertStatus(200)
    const policy = entry.header('content-security-policy')!
    assert.match(policy, /^sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; /)
    assert.notInclude(policy, 'allow-same-origin')
    assert.equal(entry.header('x-content-type-options'), 'nosniff')
    assert.equal(entry.header('cache-control'), 'public, max-age=31536000, immutable')
    assert.include(entry.text(), `"${delivery.origin}/t/c/"`)
    assert.isBelow(entry.text().indexOf('get("clickTag")'), entry.text().indexOf('var clickTag'))
    const folder = path.slice(0, -'index.html'.length)
    const picture = await client.get(`${folder}img/banner@2x.png`)
    assert.deepEqual([picture.status(), picture.header('content-type')], [200, 'image/png'])
    assert.isFalse(Buffer.from(picture.body() as Buffer).includes('<script>'))
    const script = await client.get(`${folder}js/app%201.js`)
    assert.deepEqual(
      [script.status(), script.header('content-type')],
      [200, 'text/javascript; charset=utf-8']
    )
    assert.match(script.header('content-security-policy')!, /^sandbox; default-src 'none'/)
    for (const absent of ['x.js', '..%2fx.js', '__MACOSX/._index.html', 'js/../index.html%00', 'img']) {
      assert.equal((await client.get(folder + absent)).status(), 404, absent)
    }
    const again = await api.upload('creatives', { advertiserId, name: 'Same', landingUrl }, bundle, 'b.zip')
    assert.equal(again.body.assetPath, path)
  })

  test('a folder around everything is no obstacle; sides must be said where the page does not', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const fields = { advertiserId, name: 'Rich', landingUrl, type: 'html5' }
    const silent = zip([{ name: 'Banner/index.html', data: '<p>Buy' }])
    const without = await api.upload('creatives', fields, silent, 'a.zip')
    assert.deepEqual([without.status, without.body.field], [422, 'width'])
    const said = await api.upload('creatives', { ...fields, width: '728', height: '90' }, silent, 'a.zip')
    assert.containsSubset(said.body, { type: 'html5', width: 728, height: 90 })
    const other = await api.upload('creatives', { ...fields, width: '728' }, html5(), 'a.zip')
    assert.deepEqual([other.status, other.body.field], [422, 'width'])
    const image = await api.upload('creatives', fields, await flat(3, 2).png().toBuffer(), 'a.zip')
    assert.deepEqual([image.status, image.body.field], [422, 'file'])
    const changed = await api.send('PATCH', `creatives/${String(said.body.id)}`, { width: 300 })
    assert.deepEqual([changed.status, changed.body.field], [422, 'width'])
  })

  test('hostile uploads are refused naming the field, and leave nothing on disk', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const hostile = (await hostileCreatives()).filter(({ codes }) => codes !== null)
    const [before, temporaryBefore] = [await filesOnDisk(), await temporary()]
    for (let at = 0; at < hostile.length; at += UPLOADS_AT_ONCE) {
      const some = hostile.slice(at, at + UPLOADS_AT_ONCE)
      await Promise.all(
        some.map(async ({ title, bytes, codes }) => {
          const answer = await api.upload(
            'creatives',
            { advertiserId, name: title, landingUrl },
            bytes,
            'a.zip'
          )
          const what = `${title}: ${JSON.stringify(answer.body)}`
          assert.deepEqual([answer.status, answer.body.field], [422, 'file'], what)
          assert.include(codes, (answer.body.errors as { code: string }[])[0]!.code, what)
        })
      )
    }
    assert.deepEqual(await filesOnDisk(), before)
    assert.isAtMost(await temporary(), temporaryBefore)
    assert.equal((await api.read('creatives')).total, 0)
  }).timeout(60_000)

  test('words, running time and click domains are kept, and refused where they mean nothing', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const base = { advertiserId, name: 'Words', landingUrl, width: 300, height: 250 }
    const text = { ...base, type: 'text', title: 'Winter <sale>', body: 'Everything', callToAction: 'Buy' }
    const made = await api.create('creatives', { ...text, startsAt: '2026-12-01', endsAt: '2026-12-24' })
    assert.containsSubset(made, { type: 'text', title: 'Winter <sale>', sponsoredBy: null, markup: null })
    assert.equal(Date.parse(String(made.endsAt)) - Date.parse(String(made.startsAt)), 24 * 86_400_000)
    const changed = await api.change(`creatives/${made.id}`, {
      body: null,
      endsAt: null,
      sponsoredBy: 'Shop',
    })
    assert.containsSubset(changed, { body: null, endsAt: null, sponsoredBy: 'Shop', title: 'Winter <sale>' })
    const markup = { ...base, markup: '<b>' }
    const tag = await api.create('creatives', { ...markup, clickDomains: ['Shop.Example', 'shop.example'] })
    assert.deepEqual(tag.clickDomains, ['shop.example'])
    for (const [fault, field] of [
      [{ ...text, title: ' ' }, 'title'],
      [{ ...text, markup: '<b>' }, 'markup'],
      [{ ...text, clickDomains: ['a.example'] }, 'clickDomains'],
      [{ ...text, width: undefined }, 'width'],
      [{ ...text, title: 'a'.repeat(121) }, 'title'],
      [{ ...markup, title: 'x' }, 'title'],
      [{ ...markup, clickDomains: ['https://a.example'] }, 'clickDomains[0]'],
      [{ ...markup, startsAt: '2026-12-02', endsAt: '2026-12-01' }, 'endsAt'],
      [{ ...base, type: 'html5' }, 'file'],
    ] as const) {
      const answer = await api.send('POST', 'creatives', fault)
      assert.equal(answer.status, 422, JSON.stringify(answer.body))
      assert.include(String(answer.body.field), field.replace('[0]', ''), JSON.stringify(fault))
    }
    assert.include(ENTRY_PAGE, 'clickTag')
  })
})
