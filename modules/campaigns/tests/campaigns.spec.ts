import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { createDemand } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

const euro = (amount: string) => ({ amount, currency: 'EUR' })

test.group('campaigns over the API', () => {
  test('a campaign takes days in its zone, exact money, and gives both back', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const campaign = await api.create('campaigns', {
      advertiserId,
      name: 'Winter',
      timeZone: 'America/New_York',
      startsAt: '2026-12-01',
      endsAt: '2026-12-31',
      budgetTotal: euro('100000000000.000000001'),
      budgetDaily: euro('0.000000001'),
    })
    assert.containsSubset(campaign, {
      advertiserId,
      status: 'draft',
      phase: 'draft',
      startsAt: '2026-12-01T05:00:00.000Z',
      endsAt: '2027-01-01T05:00:00.000Z',
      budgetTotal: euro('100000000000.000000001'),
      budgetDaily: euro('0.000000001'),
    })
    const path = `campaigns/${campaign.id}`
    const changed = await api.change(path, {
      endsAt: null,
      budgetDaily: null,
      startsAt: '2026-12-02T00:00:00+09:00',
    })
    assert.containsSubset(changed, { endsAt: null, budgetDaily: null, startsAt: '2026-12-01T15:00:00.000Z' })
    assert.deepEqual(changed.budgetTotal, campaign.budgetTotal)
    assert.deepEqual(await api.read(path), changed)
  })

  test('what is left out is the organisation’s zone, now, and no limit', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld({ timeZone: 'Asia/Tokyo' })).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const campaign = await api.create('campaigns', { advertiserId, name: 'C' })
    const nulls = { endsAt: null, budgetTotal: null, budgetDaily: null }
    assert.containsSubset(campaign, { timeZone: 'Asia/Tokyo', ...nulls })
    assert.isBelow(Math.abs(Date.parse(String(campaign.startsAt)) - Date.now()), 10_000)
  })

  test('bad input is refused with the field at fault, and nothing is made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Adv' })
    const cases: [Record<string, unknown>, string][] = [
      [{ name: undefined }, 'name'],
      [{ name: { $gt: '' } }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ name: 'fdp.\u202eexe' }, 'name'],
      [{ advertiserId: undefined }, 'advertiserId'],
      [{ advertiserId: 5 }, 'advertiserId'],
      [{ advertiserId: [advertiserId] }, 'advertiserId'],
      [{ startsAt: '2026-02-30' }, 'startsAt'],
      [{ startsAt: '2026-11-21T25:00:00Z' }, 'startsAt'],
      [{ startsAt: 1_795_300_000_000 }, 'startsAt'],
      [{ startsAt: null }, 'startsAt'],
      [{ startsAt: '2026-12-02', endsAt: '2026-12-01' }, 'endsAt'],
      [{ startsAt: '2026-12-01T00:00:00Z', endsAt: '2026-12-01T00:00:00Z' }, 'endsAt'],
      [{ timeZone: 'Europe/Atlantis' }, 'timeZone'],
      [{ timeZone: '+01:00' }, 'timeZone'],
      [{ timeZone: null }, 'timeZone'],
      [{ budgetTotal: 100 }, 'budgetTotal'],
      [{ budgetTotal: '100' }, 'budgetTotal'],
      [{ budgetTotal: { amount: 100, currency: 'EUR' } }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('0') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('-1') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('1e3') }, 'budgetTotal.amount'],
      [{ budgetTotal: euro('1.0000000001') }, 'budgetTotal.amount'],
      [{ budgetTotal: { amount: '1', currency: 'XXQ' } }, 'budgetTotal.currency'],
      [{ budgetTotal: { amount: '1', currency: 'USD' } }, 'budgetTotal.currency'],
      [{ budgetTotal: euro('1'), budgetDaily: euro('1.000000001') }, 'budgetDaily'],
      [{ budgetDaily: [] }, 'budgetDaily'],
      [{ status: 'live' }, 'status'],
    ]
    for (const [fault, field] of cases) {
      const answer = await api.send('POST', 'campaigns', { advertiserId, name: 'C', ...fault })
      const what = `${JSON.stringify(fault)}: ${JSON.stringify(answer.body)}`
      assert.deepEqual([answer.status, answer.body.field], [422, field], what)
    }
    assert.equal((await api.read('campaigns')).total, 0)
    const list = await api.send('POST', 'campaigns', [])
    assert.equal(list.status, 422)
    const campaign = await api.create('campaigns', { advertiserId, name: 'C', startsAt: '2026-12-01' })
    const path = `campaigns/${campaign.id}`
    const fixed = { advertiserId: (await api.create('advertisers', { name: 'B' })).id }
    for (const [change, field] of [
      [{ name: null }, 'name'],
      [{ endsAt: '2026-11-30' }, 'endsAt'],
      [fixed, 'advertiserId'],
    ] as [Record<string, unknown>, string][]) {
      const answer = await api.send('PATCH', path, change)
      assert.deepEqual([answer.status, answer.body.field], [422, field], JSON.stringify(change))
    }
    assert.deepEqual(await api.read(path), campaign)
  })

  test('malformed JSON and an unknown content type are told apart', async ({ client, assert }) => {
    const { token } = await createWorld()
    const send = (type: string, body: string) =>
      fetch(`http://${process.env.HOST}:${process.env.PORT}/api/v1/campaigns`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        body,
      })
    const broken = await send('application/json', '{"name": ')
    assert.equal(broken.status, 400)
    assert.equal(((await broken.json()) as { code: string }).code, 'E_MALFORMED_BODY')
    assert.equal((await send('text/csv', 'a;b')).status, 415)
    const large = await send('application/json', JSON.stringify({ name: 'x'.repeat(2_000_000) }))
    assert.equal(large.status, 413)
    assert.equal((await client.get('/api/v1/campaigns').bearerToken(token)).body().total, 0)
  })

  test('each status allows what it allows, with a reason that is kept', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { advertiser } = await createDemand(api)
    const reach: Record<string, string[]> = {
      draft: [],
      active: ['activate'],
      paused: ['activate', 'pause'],
      archived: ['archive'],
    }
    const allowed: Record<string, Record<string, string>> = {
      draft: { activate: 'active', archive: 'archived' },
      active: { activate: 'active', pause: 'paused', archive: 'archived' },
      paused: { activate: 'active', pause: 'paused', archive: 'archived', restore: 'paused' },
      archived: { archive: 'archived', restore: 'paused' },
    }
    for (const [from, verbs] of Object.entries(allowed)) {
      for (const verb of ['activate', 'pause', 'archive', 'restore']) {
        const { id } = await api.create('campaigns', { advertiserId: advertiser.id, name: `${from} ${verb}` })
        for (const step of reach[from]!) await api.act(`campaigns/${id}/${step}`)
        const answer = await api.send('POST', `campaigns/${id}/${verb}`, { reason: 'Because <b>' })
        const what = `${verb} of ${from}: ${JSON.stringify(answer.body)}`
        assert.equal(answer.status, verbs[verb] ? 200 : 409, what)
        if (!verbs[verb]) {
          assert.equal(answer.body.code, 'E_TRANSITION_REFUSED')
          assert.include(String(answer.body.detail), `is ${from} and cannot become`)
        } else {
          assert.equal(answer.body.status, verbs[verb])
          if (verbs[verb] !== from) assert.equal(answer.body.statusReason, 'Because <b>')
        }
      }
    }
  })

  test('a status may be set by PATCH as well, by the same rules', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign } = await createDemand(api)
    const path = `campaigns/${campaign.id}`
    const paused = await api.change(path, { status: 'paused', statusReason: 'Stock is out', name: 'Renamed' })
    assert.containsSubset(paused, { status: 'paused', statusReason: 'Stock is out', name: 'Renamed' })
    assert.equal((await api.send('PATCH', path, { status: 'draft' })).status, 409)
    assert.equal((await api.change(path, { status: 'archived' })).status, 'archived')
    assert.equal((await api.send('PATCH', path, { name: 'x' })).body.code, 'E_ARCHIVED')
    assert.equal((await api.change(path, { status: 'paused', name: 'Back' })).name, 'Back')
  })

  test('nothing of another organisation or advertiser exists', async ({ client, assert }) => {
    const world = await createWorld()
    const owner = new Management(client, world.token)
    const own = await createDemand(owner)
    const other = await createDemand(owner)
    const foreign = await createDemand(new Management(client, (await createWorld()).token))
    const parties = [{ type: 'advertiser' as const, id: own.advertiser.id }]
    const limited = new Management(client, (await world.person('advertiser', { parties })).token)
    for (const [api, stranger] of [
      [owner, foreign],
      [limited, foreign],
      [limited, other],
    ] as const) {
      const paths = [
        `advertisers/${stranger.advertiser.id}`,
        `campaigns/${stranger.campaign.id}`,
        `creatives/${stranger.creative.id}`,
      ]
      for (const path of paths) {
        for (const answer of [
          await api.send('GET', path),
          await api.send('PATCH', path, { name: 'x' }),
          await api.send('DELETE', path),
          await api.send('POST', `${path}/pause`, {}),
        ]) {
          assert.deepEqual([answer.status, answer.body.code], [404, 'E_NOT_FOUND'], path)
        }
      }
      const made = await api.send('POST', 'campaigns', { advertiserId: stranger.advertiser.id, name: 'x' })
      assert.deepEqual([made.status, made.body.field], [404, 'advertiserId'])
    }
    for (const list of ['advertisers', 'campaigns', 'creatives']) {
      assert.equal((await limited.read(list)).total, 1)
    }
    assert.equal((await limited.send('POST', 'advertisers', { name: 'x' })).status, 403)
    const booked = await limited.create('campaigns', { advertiserId: own.advertiser.id, name: 'Mine' })
    assert.equal((await limited.act(`campaigns/${booked.id}/archive`)).status, 'archived')
    const missing = await owner.send('POST', 'campaigns', { advertiserId: newId(), name: 'x' })
    assert.equal(missing.status, 404)
  })

  test('an archived advertiser takes no new campaign', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { id: advertiserId } = await api.create('advertisers', { name: 'Gone' })
    await api.act(`advertisers/${advertiserId}/archive`)
    const answer = await api.send('POST', 'campaigns', { advertiserId, name: 'x' })
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.field],
      [409, 'E_ARCHIVED', 'advertiserId']
    )
  })
})
