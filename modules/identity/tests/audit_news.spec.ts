import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Campaigns, CampaignsProvisioning } from '#modules/campaigns/contract'
import { Inventory } from '#modules/inventory/contract'
import { recordAudit } from '#modules/kernel/audit'
import { isUuid, newId, uuidTimeMs, uuidToBytes } from '#modules/kernel/ids'
import { Outboxes } from '#modules/kernel/outbox'
import { OutboxDispatcher } from '#modules/kernel/outbox_dispatcher'
import { Tenancy } from '#modules/kernel/tenancy'
import { SystemClock, type EpochMs } from '#modules/kernel/time'
import { entryId } from '#modules/identity/services/audit_log'
import { createDemand, createSupply } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { deliverNews } from '#tests/support/news'
import { createWorld, type World } from '#tests/support/world'

type Entry = { id: string; at: string; action: string; personId: string | null; tokenId: string | null }
type Entries = (Entry & { objectType: string; before: unknown; after: unknown })[]

const entriesOf = async (api: Management, objectId: string) =>
  (await api.read(`audit?sort=at&objectId=${objectId}`)).data as unknown as Entries

/** Marks an organisation's news as never sent, as after a crash between effect and mark. */
async function forgetSent({ organisation }: World, module: string): Promise<number> {
  const tenancy = await app.container.make(Tenancy)
  return tenancy.system(async (trx) => {
    const query = trx.from(`${module}_outbox`).where('organisation_id', organisation.id)
    return Number(await query.update({ sent_at: null }))
  })
}

test.group('audit entries of other modules', () => {
  test('stand after a crash between commit and delivery, when the next process delivers', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { campaign } = await createDemand(api)
    await api.act(`campaigns/${campaign.id}/pause`, { reason: 'Rain' })
    assert.deepEqual(await entriesOf(api, campaign.id), [])
    const next = new OutboxDispatcher(
      await app.container.make(Tenancy),
      new SystemClock(),
      await app.container.make(Outboxes),
      await app.container.make('logger')
    )
    await next.run()
    const [created, paused, ...more] = await entriesOf(api, campaign.id)
    assert.deepEqual(
      [created!.action, paused!.action, more.length],
      ['campaign.created', 'campaign.pause', 0]
    )
    assert.equal(created!.before, null)
    assert.deepEqual([paused!.personId, paused!.tokenId], [world.owner.id, world.owner.tokenId])
    assert.equal(
      Date.parse(paused!.at),
      Date.parse((await api.read(`campaigns/${campaign.id}`)).updatedAt as string)
    )
    assert.containsSubset(paused, {
      before: { status: 'active' },
      after: { status: 'paused', statusReason: 'Rain' },
    })
  })

  test('stand once, however often their news comes', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { placement } = await createSupply(api)
    await deliverNews()
    const first = await entriesOf(api, placement.id)
    assert.lengthOf(first, 1)
    assert.equal(await forgetSent(world, 'inventory'), 6)
    await deliverNews()
    assert.deepEqual(await entriesOf(api, placement.id), first)
  })

  test('are not there when the change was refused or changed nothing', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { site } = await createSupply(api)
    await deliverNews()
    assert.equal((await api.send('PATCH', `sites/${site.id}`, { publisherId: newId() })).status, 422)
    await api.change(`sites/${site.id}`, { name: 'News' })
    await api.act(`sites/${site.id}/activate`)
    await deliverNews()
    assert.lengthOf(await entriesOf(api, site.id), 1)
    await api.change(`sites/${site.id}`, { name: 'Newer' })
    await deliverNews()
    const last = (await entriesOf(api, site.id)).at(-1)!
    assert.containsSubset(last, {
      action: 'site.updated',
      before: { name: 'News' },
      after: { name: 'Newer' },
    })
  })

  test('are not left by seeding', async ({ client, assert }) => {
    const world = await createWorld()
    const campaigns = await app.container.make(CampaignsProvisioning)
    const id = await campaigns.createAdvertiser(world.organisation.id, { name: 'Seeded' })
    await deliverNews()
    assert.deepEqual(await entriesOf(new Management(client, world.token), id), [])
  })

  test('of one news keep their order and their time', async ({ client, assert }) => {
    const world = await createWorld()
    const { organisation, principal } = world
    const objectId = newId()
    const at = Date.UTC(2026, 0, 2) as EpochMs
    const tenancy = await app.container.make(Tenancy)
    const entries = ['one', 'two', 'three'].map((action) => ({ action, objectType: 'thing', objectId }))
    await tenancy.transaction(organisation.id, (trx) => recordAudit(trx, 'campaigns', principal, entries, at))
    await deliverNews()
    const found = await entriesOf(new Management(client, world.token), objectId)
    assert.deepEqual(
      found.map((entry) => [entry.action, entry.at]),
      ['one', 'two', 'three'].map((action) => [action, '2026-01-02T00:00:00.000Z'])
    )
  })

  test('have ids that follow from their news', ({ assert }) => {
    const news = newId<'news'>()
    assert.equal(entryId(news, 1), entryId(news, 1))
    assert.lengthOf(new Set([0, 1, 2, 65_535].map((index) => entryId(news, index))), 4)
    assert.isTrue(isUuid(entryId(news, 65_535)))
    assert.equal(uuidTimeMs(uuidToBytes(entryId(news, 7))), uuidTimeMs(uuidToBytes(news)))
    assert.throws(() => entryId(news, 65_536), /more than/)
  })
})

test.group('an organisation that changes', () => {
  test('moves the version of its snapshot when its time zone changes, and not when its name does', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const campaigns = await app.container.make(Campaigns)
    const inventory = await app.container.make(Inventory)
    const api = new Management(client, world.token)
    const { id } = world.organisation
    await createSupply(api)
    const version = async () => (await campaigns.versions()).get(id)
    const before = (await version())!
    await api.change(`organisations/${id}`, { name: 'Other name' })
    await deliverNews()
    assert.equal(await version(), before)
    await api.change(`organisations/${id}`, { timeZone: 'Asia/Tokyo' })
    assert.equal(await version(), before)
    await deliverNews()
    assert.equal(await version(), before + 1)
    assert.equal((await inventory.versions()).get(id), before)
    assert.containsSubset(await campaigns.compile(id), { timeZone: 'Asia/Tokyo', version: before + 1 })
  })

  test('leaves an audit entry with what changed and nothing else', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const { id } = world.organisation
    await api.change(`organisations/${id}`, { name: 'Test network', timeZone: 'Asia/Tokyo' })
    const last = (await entriesOf(api, id)).at(-1)!
    assert.equal(last.action, 'organisation.updated')
    assert.deepEqual([last.before, last.after], [{ timeZone: 'Europe/Berlin' }, { timeZone: 'Asia/Tokyo' }])
  })

  test('keeps its currency, with or without prices, and says so', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const path = `organisations/${world.organisation.id}`
    const refuse = async () => {
      const answer = await api.send('PATCH', path, { currency: 'USD', timeZone: 'Asia/Tokyo' })
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [409, 'E_CURRENCY_FIXED', 'currency']
      )
    }
    await refuse()
    await createDemand(api, { budgetTotal: { amount: '5', currency: 'EUR' } })
    await refuse()
    assert.containsSubset(await api.read(path), { currency: 'EUR', timeZone: 'Europe/Berlin' })
    assert.containsSubset(await api.change(path, { currency: 'EUR', name: 'Same currency' }), {
      name: 'Same currency',
    })
  })
})
