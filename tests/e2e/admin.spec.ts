import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import type { Browser, Page } from 'playwright-core'
import { DemoSeeder } from '#app/demo/seeder'
import type { Demo } from '#app/demo/demo_file'
import { newId } from '#modules/kernel/ids'
import { freePort } from '#tests/support/ports'
import { ServerProcess } from '#tests/support/server_process'
import { openBrowser, PERSON_AGENT as READER } from '#tests/support/browser'

/** A demo network of its own for one test. */
async function seeded(): Promise<Demo> {
  const seeder = await app.container.make(DemoSeeder)
  return seeder.seed(`demo-${newId().slice(9).replaceAll('-', '')}`, 0, () => {})
}

let server: ServerProcess
type Ad = { urls: { impression: string; viewable: string; click: string } }

async function showAds(demo: Demo, views: number): Promise<Ad[]> {
  const placements = demo.placements
    .filter(({ name }) => name.startsWith('courier/'))
    .map(({ id }) => ({ id }))
  const ads: Ad[] = []
  for (let view = 0; view < views; view++) {
    const answer = await fetch(`${server.origin}/v1/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': READER },
      body: JSON.stringify({ placements }),
    })
    const { decisions } = (await answer.json()) as { decisions: { ad: Ad | null }[] }
    ads.push(...decisions.flatMap(({ ad }) => ad ?? []))
  }
  for (const ad of ads) await fetch(ad.urls.impression, { headers: { 'user-agent': READER } })
  return ads
}

async function logIn(
  browser: Browser,
  demo: Demo,
  options: { javaScriptEnabled?: boolean; width?: number } = {}
): Promise<Page> {
  const { javaScriptEnabled = true, width = 1280 } = options
  const context = await browser.newContext({
    userAgent: READER,
    javaScriptEnabled,
    viewport: { width, height: 900 },
  })
  const page = await context.newPage()
  await page.goto(`${server.origin}/admin/campaigns`)
  await page.getByLabel('E-mail').fill(demo.admin.email)
  await page.getByLabel('Password').fill(demo.admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor()
  return page
}

test.group('admin', (group) => {
  let browser: Browser
  let demo: Demo
  group.setup(async () => {
    browser = await openBrowser()
    demo = await seeded()
    server = new ServerProcess(await freePort(), process.env.STORAGE_DIR!) // where the seeded creatives are
    await server.start()
    return async () => {
      await Promise.all([browser.close(), server.stop()])
    }
  })

  test('log-in refuses a wrong password, keeps the e-mail, and returns to the page that was asked for', async ({
    assert,
  }) => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${server.origin}/admin/campaigns?status=paused`)
    assert.include(page.url(), '/login')
    await page.getByLabel('E-mail').fill(demo.admin.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Log in' }).click()
    assert.include(await page.getByRole('alert').textContent(), 'do not belong together')
    assert.equal(await page.getByLabel('E-mail').inputValue(), demo.admin.email)
    assert.equal(await page.getByLabel('Password').inputValue(), '')
    await page.getByLabel('Password').fill(demo.admin.password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL('**/admin/campaigns?status=paused')
  })

  test('a return address elsewhere is not followed after the log-in', async ({ assert }) => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${server.origin}/login?to=${encodeURIComponent('//elsewhere.example/admin')}`)
    assert.equal(await page.locator('input[name=to]').inputValue(), '/admin')
  })

  test('impressions and clicks appear on the dashboard by themselves, and equal the report', async ({
    assert,
  }) => {
    const page = await logIn(browser, demo)
    await page.goto(`${server.origin}/admin`)
    const ads = await showAds(demo, 6)
    assert.isAbove(ads.length, 10)
    await fetch(ads[0]!.urls.click, { redirect: 'manual', headers: { 'user-agent': READER } })
    await page
      .locator(`[data-figure=impressions]`, { hasText: String(ads.length) })
      .waitFor({ timeout: 10_000 })
    await page.locator(`[data-figure=clicks]`, { hasText: '1' }).waitFor({ timeout: 10_000 })
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Copenhagen' }).format(Date.now())
    const report = await fetch(
      `${server.origin}/api/v1/reports/delivery?from=${day}&to=${day}&granularity=total`,
      {
        headers: { authorization: `Bearer ${demo.apiToken}` },
      }
    )
    const { total } = (await report.json()) as { total: { impressions: number; clicks: number } }
    assert.deepEqual([total.impressions, total.clicks], [ads.length, 1])
  }).timeout(60_000)

  test('a campaign is paused and activated again without scripts, and its ads go and come back', async ({
    assert,
  }) => {
    const page = await logIn(browser, demo, { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Courier subscriptions' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    assert.include(await page.getByRole('status').textContent(), 'paused')
    await page.getByRole('button', { name: 'Activate' }).click()
    assert.include(await page.getByRole('status').textContent(), 'active')
    assert.isTrue(await page.getByRole('button', { name: 'Pause' }).isVisible())
  })

  test('search, state and sort narrow the list, and an empty result says what to do', async ({ assert }) => {
    const page = await logIn(browser, demo)
    await page.getByLabel('Search by name').fill('tents')
    await page.getByRole('button', { name: 'Search' }).click()
    assert.equal(await page.locator('tbody tr').count(), 1)
    await page.getByLabel('Search by name').fill('100% _nothing_')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('No campaign matches').waitFor()
    await page.getByRole('link', { name: 'Show all campaigns' }).click()
    await page
      .getByRole('link', { name: /^Campaign/ })
      .first()
      .click()
  })

  test('no page scrolls sideways on a phone, and none breaks its content policy', async ({ assert }) => {
    const page = await logIn(browser, demo, { width: 390 })
    const broken: string[] = []
    page.on('console', (message) => message.type() === 'error' && broken.push(message.text()))
    page.on('pageerror', (error) => broken.push(error.message))
    const campaign = (await page.locator('tbody th a').first().getAttribute('href'))!
    for (const path of ['/admin', '/admin/campaigns', campaign]) {
      await page.goto(`${server.origin}${path}`, { waitUntil: 'load' })
      const [content, screen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ])
      assert.isAtMost(content!, screen!, path)
    }
    assert.deepEqual(broken, [])
  })

  test('the largest budget is shown whole, and a name of stacked marks stays in its row', async ({
    assert,
  }) => {
    const send = async (method: string, path: string, body: object) => {
      const answer = await fetch(`${server.origin}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${demo.apiToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      assert.isTrue(answer.ok, `${path} answered ${answer.status}`)
      return ((await answer.json()) as { id: string }).id
    }
    const most = { amount: '999999999999999999.99', currency: 'EUR' }
    const advertiserId = await send('POST', 'advertisers', { name: 'Extremes' })
    const budgets = { budgetTotal: most, budgetDaily: most }
    for (const name of ['YA', 'YC']) await send('POST', 'campaigns', { advertiserId, name, ...budgets })
    const id = await send('POST', 'campaigns', { advertiserId, name: 'YZ', ...budgets })
    const line = { campaignId: id, name: 'Line', tier: 'price_priority', ...budgets }
    await send('POST', 'line-items', line)
    const page = await logIn(browser, demo, { width: 1280 })
    const rows = async (name: string) => {
      await send('PATCH', `campaigns/${id}`, { name })
      await page.goto(`${server.origin}/admin/campaigns?sort=name&q=y`)
      const fits = await page.locator('.campaigns').evaluate((box) => box.scrollWidth <= box.clientWidth)
      assert.isTrue(fits, 'the table needs no scrolling')
      assert.include(await page.locator('tbody').innerText(), '999,999,999,999,999,999.99')
      await page.mouse.move(0, 0)
      return page.locator('tbody tr', { hasText: 'YC' }).screenshot()
    }
    const plain = await rows('YZ')
    assert.isTrue(plain.equals(await rows(`YZ${'\u0301'.repeat(190)}`)), 'the row above is as before')
    await page.goto(`${server.origin}/admin/campaigns/${id}`)
    const [content, screen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ])
    assert.isAtMost(content!, screen!)
    assert.include(await page.locator('.line').innerText(), '999,999,999,999,999,999.99 a day')
  })

  test('log-out ends the session, and the back button shows nothing', async ({ assert }) => {
    const page = await logIn(browser, demo)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.waitForURL('**/login')
    await page.goBack()
    assert.include(page.url(), '/login')
  })
})
