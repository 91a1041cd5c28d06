import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { createDemand, createSupply, markupCreative, pricedLine } from '#tests/support/demand'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

const euro = (amount: string) => ({ amount, currency: 'EUR' })
const cpm = (amount: string) => ({ model: 'cpm', ...euro(amount) })
const cpc = (amount: string) => ({ model: 'cpc', ...euro(amount) })
const goal = (quantity: unknown) => ({ type: 'impressions', quantity })

test.group('line items over the API', () => {
  test('one of each tier is made, goes live and is given back', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const creatives = [{ creativeId: creative.id, weight: 3 }]
    const base = { campaignId: campaign.id, creatives, status: 'active' }
    const lines: Record<string, unknown>[] = [
      { name: 'a', tier: 'sponsorship', shareOfVoice: 25, price: cpm('12.5') },
      { name: 'b', tier: 'standard', goal: goal(1_000_000), price: cpm('2.123456') },
      { name: 'c', tier: 'standard', goal: { type: 'clicks', quantity: 10 }, price: cpc('0.300000001') },
      { name: 'd', tier: 'price_priority', price: cpm('0.000001') },
      { name: 'e', tier: 'house' },
    ]
    for (const line of lines) {
      const made = await api.create('line-items', { ...base, ...line })
      assert.containsSubset(made, { tier: line.tier, status: 'active', creatives, targeting: {} })
      assert.deepEqual(await api.read(`line-items/${made.id}`), made)
    }
    const listed = await api.read(`line-items?campaignId=${campaign.id}&sort=name`)
    const prices = (listed.data as { price: unknown }[]).map((line) => line.price)
    assert.deepEqual(prices, [
      cpm('12.500000000'),
      cpm('2.123456000'),
      cpc('0.300000001'),
      cpm('0.000001000'),
      null,
    ])
    assert.equal((await api.read(`line-items?creativeId=${creative.id}`)).total, 5)
    assert.equal((await api.read('line-items?tier=standard,house')).total, 3)
  })

  test('bad input is refused with the field at fault, and nothing is made', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api, { startsAt: '2026-11-01', endsAt: '2026-11-30' })
    const assign = (weight: unknown) => ({ creatives: [{ creativeId: creative.id, weight }] })
    const twice = { creativeId: creative.id }
    const cases: [Record<string, unknown>, string][] = [
      [{ tier: 'premium' }, 'tier'],
      [{ tier: undefined }, 'tier'],
      [{ campaignId: undefined }, 'campaignId'],
      [{ price: 1.5 }, 'price'],
      [{ price: { model: 'cpm', amount: 1.5, currency: 'EUR' } }, 'price.amount'],
      [{ price: cpm('-1') }, 'price.amount'],
      [{ price: cpm('0') }, 'price.amount'],
      [{ price: cpm('0.0000001') }, 'price.amount'],
      [{ price: cpm('9007199255') }, 'price.amount'],
      [{ price: cpc('9007200') }, 'price.amount'],
      [{ price: { model: 'cpx', ...euro('1') } }, 'price.model'],
      [{ price: { model: 'cpm', amount: '1', currency: 'USD' } }, 'price.currency'],
      [{ tier: 'house' }, 'price'],
      [{ tier: 'standard' }, 'goal'],
      [{ tier: 'standard', goal: goal(0) }, 'goal.quantity'],
      [{ tier: 'standard', goal: goal('10') }, 'goal.quantity'],
      [{ tier: 'standard', goal: goal(1.5) }, 'goal.quantity'],
      [{ tier: 'standard', goal: { type: 'views', quantity: 1 } }, 'goal.type'],
      [{ tier: 'standard', goal: [] }, 'goal'],
      [{ tier: 'sponsorship' }, 'shareOfVoice'],
      [{ tier: 'sponsorship', shareOfVoice: 0 }, 'shareOfVoice'],
      [{ tier: 'sponsorship', shareOfVoice: 101 }, 'shareOfVoice'],
      [{ tier: 'sponsorship', shareOfVoice: 50, goal: goal(5) }, 'goal'],
      [{ shareOfVoice: 50 }, 'shareOfVoice'],
      [{ startsAt: '2026-11-31' }, 'startsAt'],
      [{ startsAt: '2026-11-20', endsAt: '2026-11-10' }, 'endsAt'],
      [{ startsAt: '2026-12-01' }, 'startsAt'],
      [{ endsAt: '2026-10-31' }, 'endsAt'],
      [{ targeting: { colours: {} } }, 'targeting.colours'],
      [{ targeting: { countries: { include: ['UK'] } } }, 'targeting.countries.include.0'],
      [{ targeting: 'DE' }, 'targeting'],
      [assign(0), 'creatives.0.weight'],
      [assign(1001), 'creatives.0.weight'],
      [assign('1'), 'creatives.0.weight'],
      [{ creatives: [twice, twice] }, 'creatives.1.creativeId'],
      [{ creatives: { creativeId: creative.id } }, 'creatives'],
    ]
    for (const [fault, field] of cases) {
      const answer = await api.send('POST', 'line-items', {
        ...pricedLine(campaign.id, creative.id),
        ...fault,
      })
      const what = `${JSON.stringify(fault)}: ${JSON.stringify(answer.body)}`
      assert.deepEqual([answer.status, answer.body.field], [422, field], what)
    }
    assert.equal((await api.read('line-items')).total, 0)
  })

  test('systems and browsers are those that device detection names, in any case', async ({
    client,
    assert,
  }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const line = (targeting: object) => ({ ...pricedLine(campaign.id, creative.id), targeting })
    const said = {
      operatingSystems: { include: ['ios', 'ANDROID'] },
      browsers: { exclude: ['mobile safari'] },
    }
    const made = await api.create('line-items', line(said))
    const targeting = {
      operatingSystems: { include: ['iOS', 'Android'] },
      browsers: { exclude: ['Mobile Safari'] },
    }
    assert.deepEqual(made.targeting, targeting)
    const cases: [object, string, string][] = [
      [{ operatingSystems: { include: ['x'] } }, 'targeting.operatingSystems.include.0', 'AIX'],
      [{ operatingSystems: { exclude: ['iOS', 'macOS'] } }, 'targeting.operatingSystems.exclude.1', 'Mac'],
      [{ browsers: { include: ['Edge'] } }, 'targeting.browsers.include.0', 'Microsoft Edge'],
      [{ browsers: { include: ['Fierfox'] } }, 'targeting.browsers.include.0', 'Firefox'],
    ]
    const path = `line-items/${made.id}`
    for (const [fault, field, hint] of cases) {
      const answers = [
        await api.send('POST', 'line-items', line(fault)),
        await api.send('PATCH', path, { targeting: fault }),
      ]
      for (const { status, body } of answers) {
        assert.deepEqual([status, body.field], [422, field], JSON.stringify(body))
        assert.include(String(body.detail), hint)
      }
    }
    assert.deepEqual((await api.read(path)).targeting, targeting)
    assert.equal((await api.read('line-items')).total, 1)
  })

  test('every link ends at 404 when its other end is foreign', async ({ client, assert }) => {
    const world = await createWorld()
    const api = new Management(client, world.token)
    const own = await createDemand(api)
    const other = await createDemand(api)
    const theirs = new Management(client, (await createWorld()).token)
    const foreign = await createDemand(theirs)
    const supply = await createSupply(theirs)
    const line = pricedLine(own.campaign.id, own.creative.id)
    const cases: [Record<string, unknown>, string][] = [
      [{ campaignId: foreign.campaign.id }, 'campaignId'],
      [{ campaignId: newId() }, 'campaignId'],
      [{ creatives: [{ creativeId: foreign.creative.id }] }, 'creatives.0.creativeId'],
      [
        { creatives: [{ creativeId: own.creative.id }, { creativeId: other.creative.id }] },
        'creatives.1.creativeId',
      ],
      [{ targeting: { sites: { include: [supply.site.id] } } }, 'targeting.sites.include.0'],
      [{ targeting: { placements: { exclude: [supply.placement.id] } } }, 'targeting.placements.exclude.0'],
    ]
    for (const [fault, field] of cases) {
      const answer = await api.send('POST', 'line-items', { ...line, ...fault })
      assert.deepEqual([answer.status, answer.body.field], [404, field], JSON.stringify(fault))
    }
    const mine = await createSupply(api)
    const targeting = { sites: { include: [mine.site.id] }, placements: { exclude: [mine.placement.id] } }
    const made = await api.create('line-items', { ...line, targeting })
    assert.deepEqual(made.targeting, targeting)
    const parties = [{ type: 'advertiser' as const, id: other.advertiser.id }]
    const limited = new Management(client, (await world.person('advertiser', { parties })).token)
    assert.equal((await limited.read('line-items')).total, 0)
    assert.equal((await limited.send('GET', `line-items/${made.id}`)).status, 404)
    assert.equal((await limited.send('PUT', `line-items/${made.id}/creatives`, [])).status, 404)
    assert.equal((await limited.send('POST', 'line-items', line)).status, 404)
  })

  test('what is incomplete does not go live, and is told what it lacks', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { advertiser, campaign, creative } = await createDemand(api, { endsAt: null })
    const bare = { campaignId: campaign.id, name: 'Bare', tier: 'standard', goal: goal(10) }
    const { id } = await api.create('line-items', bare)
    const activate = () => api.send('POST', `line-items/${id}/activate`, {})
    const refused = await activate()
    assert.deepEqual([refused.status, refused.body.code], [422, 'E_INCOMPLETE'])
    const lacks = (refused.body.errors as { field: string }[]).map((fault) => fault.field)
    assert.deepEqual(lacks, ['price', 'endsAt', 'creatives'])
    await api.change(`line-items/${id}`, { price: cpm('1'), endsAt: '2099-12-31' })
    const paused = await api.create('creatives', markupCreative(advertiser.id, { status: 'paused' }))
    await api.change(`line-items/${id}`, { creatives: [{ creativeId: paused.id }] })
    assert.equal((await activate()).body.field, 'creatives')
    const put = await api.send('PUT', `line-items/${id}/creatives`, [{ creativeId: creative.id, weight: 7 }])
    assert.deepEqual(put.body.creatives, [{ creativeId: creative.id, weight: 7 }])
    assert.equal((await activate()).body.status, 'active')
    assert.equal((await api.send('PUT', `line-items/${id}/creatives`, [])).body.code, 'E_INCOMPLETE')
    assert.equal((await api.send('PATCH', `line-items/${id}`, { price: null })).body.code, 'E_INCOMPLETE')
    assert.containsSubset(await api.read(`line-items/${id}`), { status: 'active', price: cpm('1.000000000') })
    const born = await api.send('POST', 'line-items', { ...bare, status: 'active' })
    assert.equal(born.body.code, 'E_INCOMPLETE')
  })

  test('a campaign keeps the end that an active guaranteed line relies on', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const standard = { tier: 'standard', goal: goal(10), status: 'active' }
    const line = await api.create('line-items', pricedLine(campaign.id, creative.id, standard))
    const path = `campaigns/${campaign.id}`
    const refused = await api.send('PATCH', path, { endsAt: null })
    assert.deepEqual([refused.status, refused.body.field], [422, 'endsAt'])
    await api.change(`line-items/${line.id}`, { endsAt: '2099-06-30' })
    assert.isNull((await api.change(path, { endsAt: null })).endsAt)
  })

  test('creatives are replaced as a whole, and only a change counts', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { advertiser, campaign, creative } = await createDemand(api)
    const second = await api.create('creatives', markupCreative(advertiser.id))
    const line = await api.create('line-items', pricedLine(campaign.id, creative.id))
    const path = `line-items/${line.id}/creatives`
    const put = async (body: unknown) => (await api.send('PUT', path, body)).body
    const both = [
      { creativeId: creative.id, weight: 1 },
      { creativeId: second.id, weight: 1000 },
    ]
    assert.containsSubset(await put(both), { revision: 2, creatives: both })
    assert.containsSubset(await put({ creatives: [...both].reverse() }), { revision: 2, creatives: both })
    assert.containsSubset(await put([{ creativeId: second.id }]), {
      revision: 3,
      creatives: [{ creativeId: second.id, weight: 100 }],
    })
    assert.containsSubset(await put([]), { revision: 4, creatives: [] })
    for (const bad of [{}, { creatives: null }, 'x', [1], [{ creativeId: 'x' }], [{ weight: 1 }]]) {
      const answer = await api.send('PUT', path, bad)
      assert.oneOf(answer.status, [400, 422], JSON.stringify(bad))
    }
    await api.act(`creatives/${creative.id}/archive`)
    const archived = await api.send('PUT', path, [{ creativeId: creative.id }])
    assert.deepEqual([archived.status, archived.body.code], [409, 'E_ARCHIVED'])
  })

  test('explicit null clears what may be empty', async ({ client, assert }) => {
    const api = new Management(client, (await createWorld()).token)
    const { campaign, creative } = await createDemand(api)
    const line = await api.create(
      'line-items',
      pricedLine(campaign.id, creative.id, {
        goal: goal(5),
        startsAt: '2026-12-01',
        endsAt: '2026-12-02',
        targeting: { languages: { include: ['de'] } },
      })
    )
    const cleared = await api.change(`line-items/${line.id}`, {
      goal: null,
      startsAt: null,
      endsAt: null,
      targeting: null,
      price: null,
    })
    assert.containsSubset(cleared, { goal: null, startsAt: null, endsAt: null, price: null })
    assert.deepEqual(cleared.targeting, {})
    const kept = await api.send('PATCH', `line-items/${line.id}`, { creatives: null })
    assert.deepEqual([kept.status, kept.body.field], [422, 'creatives'])
    const moved = await api.send('PATCH', `line-items/${line.id}`, { campaignId: newId() })
    assert.deepEqual([moved.status, moved.body.field], [422, 'campaignId'])
  })
})
