import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { createDemand } from '#tests/support/demand'
import { origin } from '#tests/support/hostile'
import { Management } from '#tests/support/management'
import { createWorld, freshAddress, WORLD_PASSWORD, type World } from '#tests/support/world'

type Page = { readonly status: number; readonly html: string; readonly to: string | null }
type Fields = Readonly<Record<string, string>>

/** A browser without scripts: keeps cookies, sends forms with the page's own token. */
class Visitor {
  private readonly cookies = new Map<string, string>()
  private token = ''
  private readonly address = freshAddress()

  async get(path: string): Promise<Page> {
    const page = await this.ask(path, { method: 'GET' })
    this.token = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? this.token
    return page
  }

  post(path: string, fields: Fields): Promise<Page> {
    const body = new URLSearchParams({ _csrf: this.token, ...fields })
    return this.ask(path, { method: 'POST', body })
  }

  private async ask(path: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie, 'x-forwarded-for': this.address }
    const response = await fetch(origin() + path, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';', 1)[0]!.split(/=(.*)/s)
      this.cookies.set(name!, value ?? '')
    }
    return { status: response.status, html: await response.text(), to: response.headers.get('location') }
  }
}

async function loggedIn({ owner }: World): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get('/login')
  await visitor.post('/login', { email: owner.email, password: WORLD_PASSWORD })
  return visitor
}

const NAMES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `' onmouseover='alert(1)`,
  '</title><script>alert(1)</script>',
  '=HYPERLINK("http://evil.example")',
  `Z${'\u0301'.repeat(190)}`,
  'نص عربي & <b>bold</b>',
]

/** A campaign of that name whose line item is named and targeted alike. */
async function booked(client: ApiClient, world: World, name: string): Promise<string> {
  const api = new Management(client, world.token)
  const { campaign, creative } = await createDemand(api, { name })
  const word = name.slice(0, 100)
  const targeting = { keywords: { include: [word] }, keyValues: [{ key: word, include: [word] }] }
  const creatives = [{ creativeId: creative.id }]
  await api.create('line-items', { campaignId: campaign.id, name, tier: 'house', targeting, creatives })
  return campaign.id
}

test.group('hostile input of the admin', () => {
  test('a log-in of lists, objects or nothing is refused, and shows what was typed as text', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    await visitor.get('/login')
    const cases: Fields[] = [
      {},
      { 'email[]': 'a@example.test', 'password[]': 'x' },
      { 'email[a]': 'b', 'password[$ne]': '1' },
      { email: 'nobody\0@example.test', password: 'x' },
      { email: '"><script>alert(1)</script>', password: 'x' },
      { email: 'x'.repeat(100_000), password: 'x'.repeat(100_000) },
    ]
    for (const fields of cases) {
      const page = await visitor.post('/login', fields)
      assert.equal(page.status, 422, JSON.stringify(fields).slice(0, 60))
      assert.notInclude(page.html, '"><script>alert')
    }
    for (const forged of ['', 'forged']) {
      assert.equal(
        (await visitor.post('/login', { email: 'a@example.test', password: 'x', _csrf: forged })).status,
        403
      )
    }
  })

  test('a log-in leads into the admin only', async ({ assert }) => {
    const { owner } = await createWorld()
    const outside = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
    ]
    for (const to of [...outside, 'javascript:alert(1)', '/admin\r\nX: y']) {
      const visitor = new Visitor()
      await visitor.get(`/login?to=${encodeURIComponent(to)}`)
      const page = await visitor.post('/login', { email: owner.email, password: WORLD_PASSWORD, to })
      assert.deepEqual([page.status, page.to], [302, '/admin'], to)
    }
  })

  test('hostile names are text on every page', async ({ client, assert }) => {
    const world = await createWorld({ name: NAMES[1]! })
    const ids = await Promise.all(NAMES.map((name) => booked(client, world, name)))
    const visitor = await loggedIn(world)
    const search = `/admin/campaigns?q=${encodeURIComponent(NAMES[1]!)}`
    for (const path of ['/admin', '/admin/campaigns', search, ...ids.map((id) => `/admin/campaigns/${id}`)]) {
      const { status, html } = await visitor.get(path)
      assert.equal(status, 200, path)
      const shown = html.replaceAll(/="[^"]*"/g, '=""')
      for (const raw of ['<script>alert', '<img src=x', '<b>bold']) assert.notInclude(shown, raw, path)
    }
  })

  test('odd queries never fail a page, and foreign or unknown campaigns are not there', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const foreign = await booked(client, await createWorld(), 'Foreign')
    const own = await booked(client, world, 'Own')
    const visitor = await loggedIn(world)
    const odd = [
      'q[]=x',
      'q[a]=b&status[]=x&sort[]=y&cursor[]=z',
      'sort=__proto__',
      'status=%00',
      `q=${'x'.repeat(5000)}`,
    ]
    for (const query of odd) assert.equal((await visitor.get(`/admin/campaigns?${query}`)).status, 200, query)
    for (const query of ['cursor=forged', `cursor=${'A'.repeat(3000)}`, 'q=%00']) {
      assert.equal((await visitor.get(`/admin/campaigns?${query}`)).status, 422, query)
    }
    for (const id of [foreign, 'x', '%00', '__proto__']) {
      assert.equal((await visitor.get(`/admin/campaigns/${id}`)).status, 404, id)
    }
    await visitor.get(`/admin/campaigns/${own}`)
    for (const path of [`${foreign}/pause`, `${own}/delete`, `${own}/__proto__`, `${own}/constructor`]) {
      assert.equal((await visitor.post(`/admin/campaigns/${path}`, {})).status, 404, path)
    }
    assert.equal((await visitor.post(`/admin/campaigns/${own}/pause`, { _csrf: 'forged' })).status, 403)
    const campaign = await new Management(client, world.token).read(`campaigns/${own}`)
    assert.equal(campaign.status, 'active')
  })
})
