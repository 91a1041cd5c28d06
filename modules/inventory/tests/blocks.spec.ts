import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { Inventory } from '#modules/inventory/contract'
import { createSupply } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

test.group('what publishers block', () => {
  test('of publisher, site and placement together reaches the snapshot', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { publisher, site, placement } = await createSupply(api)
    const inventory = await app.container.make(Inventory)
    const blocked = async () => (await inventory.section(world.organisation.id)).data.placements[0]!.blocks
    assert.isUndefined(await blocked())
    const advertiser = newId<'advertiser'>()
    const kept = await api.change(`publishers/${publisher.id}`, {
      blocks: { domains: ['Shop.Example', 'münchen.example'] },
    })
    assert.deepEqual(kept.blocks, {
      advertisers: [],
      categories: [],
      domains: ['shop.example', 'xn--mnchen-3ya.example'],
    })
    await api.change(`sites/${site.id}`, {
      blocks: { categories: [' Gambling '], domains: ['shop.example'] },
    })
    await api.change(`placements/${placement.id}`, { blocks: { advertisers: [advertiser] } })
    assert.deepEqual(await blocked(), {
      advertisers: [advertiser],
      categories: ['gambling'],
      domains: ['shop.example', 'xn--mnchen-3ya.example'],
    })
    await api.change(`publishers/${publisher.id}`, { name: 'Another name' })
    assert.lengthOf((await blocked())!.domains, 2)
  })

  test('is refused when it cannot be meant, naming the field: {field}')
    .with([
      { field: 'blocks', blocks: ['shop.example'] },
      { field: 'blocks.keywords', blocks: { keywords: ['x'] } },
      { field: 'blocks.domains', blocks: { domains: 'shop.example' } },
      { field: 'blocks.domains.0', blocks: { domains: ['https://shop.example/'] } },
      { field: 'blocks.domains.1', blocks: { domains: ['shop.example', 'com'] } },
      { field: 'blocks.advertisers.0', blocks: { advertisers: ['acme'] } },
      { field: 'blocks.categories.0', blocks: { categories: [''] } },
      {
        field: 'blocks.categories',
        blocks: { categories: Array.from({ length: 1001 }, (_, at) => `c${at}`) },
      },
    ])
    .run(async ({ client, assert }, { field, blocks }) => {
      const world = await createWorld()
      const api = new Management(client, world.token)
      const { site } = await createSupply(api)
      const answer = await api.send('PATCH', `sites/${site.id}`, { blocks })
      assert.equal(answer.status, 422)
      assert.include(JSON.stringify(answer.body), `"${field}"`)
    })
})
