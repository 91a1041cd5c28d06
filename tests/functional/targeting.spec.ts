import { test } from '@japa/runner'
import delivery from '#config/delivery'
import { RequestContext } from '#modules/context/contract'
import app from '@adonisjs/core/services/app'
import { Matching } from '#modules/matching/contract'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { createDemand, createSupply, pricedLine } from '#tests/support/demand'
import { until } from '#tests/support/delivery_world'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

async function ask(body: object): Promise<string | null> {
  const answer = await fetch(`${delivery.origin}/v1/decisions`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'user-agent': BROWSER_AGENT },
  })
  const read = (await answer.json()) as { decisions?: { ad: { lineItemId: string } | null }[] }
  if (!read.decisions) throw new Error(`${answer.status} ${JSON.stringify(read)}`)
  return read.decisions[0]!.ad?.lineItemId ?? null
}

test.group('targeting from the API to the ad', () => {
  test('a line item serves on the pages, categories and numbers that it names, and only there', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { placement, site } = await createSupply(api)
    const { campaign, creative } = await createDemand(api)
    const targeting = {
      sections: { include: ['/sport'] },
      pageUrls: { exclude: ['*/sport/golf/*'] },
      groups: [
        {
          anyOf: [
            { categories: { include: ['IAB2'] } },
            { keyValues: [{ key: 'age', includeRanges: [{ from: 18 }] }] },
          ],
        },
      ],
    }
    const line = await api.create('line-items', {
      ...pricedLine(campaign.id, creative.id),
      status: 'active',
      targeting,
    })
    const matching = await app.container.make(Matching)
    await until('the line item is in an engine', async () => {
      await matching.refresh()
      return [...matching.engines()].some(({ snapshot }) =>
        snapshot.lineItems.some(({ id }) => id === line.id)
      )
    })
    const on = (url: string, more: object) => ask({ placements: [{ id: placement.id }], url, ...more })
    const cars = { categories: ['IAB2-1'], cattax: 1 }
    assert.equal(await on('https://news.example/sport/f1?x=1', cars), line.id)
    assert.equal(await on('https://news.example/sport', { properties: { age: 18 } }), line.id)
    assert.isNull(await on('https://news.example/sport', { properties: { age: 17.5 } }))
    assert.isNull(await on('https://news.example/sports', cars))
    assert.isNull(await on('https://news.example/sport/golf/1', cars))
    assert.isNull(await ask({ placements: [{ id: placement.id }], ...cars }))
    await api.change(`sites/${site.id}`, { categories: ['IAB2-1', '32'] })
    assert.deepEqual((await api.read(`sites/${site.id}`)).categories, ['32'])
    await until('the site is about cars', async () => {
      await matching.refresh()
      return (await on('https://news.example/sport', {})) === line.id
    })
    assert.equal((await api.send('PATCH', `sites/${site.id}`, { categories: ['IAB25'] })).status, 422)
    await assert.rejects(() => on('https://news.example/', { categories: ['1'], cattax: 4 }), /cattax/)
  })

  test('the explanation is a sentence with names, and warns of what the geo database does not know', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { site } = await createSupply(api)
    const { campaign, creative } = await createDemand(api)
    const targeting = { sites: { include: [site.id] }, cities: { include: ['de/Berlin'] } }
    const line = await api.create('line-items', { ...pricedLine(campaign.id, creative.id), targeting })
    const said = await api.read(`line-items/${line.id}/targeting/explain`)
    assert.equal(said.sentence, `people in Berlin (DE), on the site ${String(site.name)}`)
    const { geoDimensions } = await app.container.make(RequestContext)
    const fields = (said.warnings as { field: string }[]).map(({ field }) => field)
    assert.deepEqual(fields, geoDimensions.has('city') ? [] : ['targeting.cities'])
    const other = new Management(client, (await createWorld()).token)
    assert.equal((await other.send('GET', `line-items/${line.id}/targeting/explain`)).status, 404)
  })

  test('a site in a group must exist', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const targeting = { groups: [{ anyOf: [{ sites: { include: [campaign.id] } }] }] }
    const answer = await api.send('POST', 'line-items', {
      ...pricedLine(campaign.id, creative.id),
      targeting,
    })
    assert.include(JSON.stringify(answer.body), 'targeting.groups.0.anyOf.0.sites.include.0')
  })
})
