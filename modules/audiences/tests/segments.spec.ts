import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import delivery from '#config/delivery'
import { newId, type Id } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, FrozenClock, SystemClock } from '#modules/kernel/time'
import { ConsentGate, SUBJECT_EPOCH_MS } from '#modules/privacy/contract'
import { Audiences } from '#modules/audiences/contract'
import { AdmitPeople } from '#modules/audiences/services/admit_people'
import AudienceSubjects from '#modules/audiences/services/audience_subjects'
import { ExpireMembers } from '#modules/audiences/services/expire_members'
import { LocalAudiences } from '#modules/audiences/services/local_audiences'
import { sha256Of } from '#modules/audiences/services/references'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { DeliveryWorld, until } from '#tests/support/delivery_world'
import { Management } from '#tests/support/management'

const GRANTED = { mayUseId: true, purposes: 1, reason: 'test' } as const
const DENIED = { mayUseId: false, purposes: 0, reason: 'test' } as const

async function segmentWorld(client: ApiClient) {
  const world = await DeliveryWorld.create()
  const secret = await world.token()
  const api = new Management(client, secret)
  const segment = await api.create('segments', { name: 'Runners', expiresAfterDays: 60 })
  const audiences = await app.container.make(Audiences)
  const upload = async (body: string, query = '', type = 'text/csv', bearer = secret) => {
    const url = `${delivery.origin}/api/v1/segments/${segment.id}/members${query}`
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': type }
    const answer = await fetch(url, { method: 'POST', body, headers })
    await audiences.refresh()
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const of = (user: string, organisationId = world.organisationId) =>
    audiences.segmentsOf(organisationId, user, GRANTED, Date.now())
  return { world, api, secret, segment, audiences, upload, of }
}

async function decide(body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${delivery.origin}/v1/decisions`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'user-agent': BROWSER_AGENT, ...headers },
  })
  const { decisions } = (await answer.json()) as {
    decisions: { ad: { lineItemId: string; urls: Record<string, string> } | null }[]
  }
  return decisions[0]!.ad
}

test.group('members of segments', () => {
  test('are added, removed and replaced by files of ids, hashed or not, and nobody else is in', async ({
    assert,
    client,
  }) => {
    const { segment, audiences, world, upload, of, api } = await segmentWorld(client)
    const other = await segmentWorld(client)
    assert.deepEqual((await upload('id\nann\r\n"bob",x\n\nann\n')).body, { lines: 3 })
    assert.deepEqual(of('ann'), [segment.id])
    assert.deepEqual(of('bob'), [segment.id])
    assert.deepEqual(of('ann', other.world.organisationId), [])
    assert.deepEqual(audiences.segmentsOf(world.organisationId, 'ann', DENIED, Date.now()), [])
    const lines = `{"id":"${sha256Of('cid')}"}\n{"id":"${sha256Of('dan').toUpperCase()}"}`
    assert.deepEqual((await upload(lines, '?ids=sha256', 'application/x-ndjson')).body, { lines: 2 })
    assert.deepEqual(of('dan'), [segment.id])
    await upload('ann', '?mode=remove')
    assert.deepEqual([of('ann'), of('cid')], [[], [segment.id]])
    await upload('eve\nann', '?mode=replace')
    assert.deepEqual(
      ['ann', 'bob', 'cid', 'eve'].map((user) => of(user).length),
      [1, 0, 0, 1]
    )
    assert.equal((await api.read(`segments/${segment.id}`)).size, '<10')
    await upload(Array.from({ length: 37 }, (_, at) => `user-${at}`).join('\n'), '?mode=replace')
    assert.equal((await api.read(`segments/${segment.id}`)).size, '30')
    await api.act(`segments/${segment.id}/pause`)
    await audiences.refresh()
    assert.deepEqual(of('user-1'), [])
  })

  test('a file that is refused changes nothing and the answer names the line', async ({ assert, client }) => {
    const { upload, of, segment, world } = await segmentWorld(client)
    const cases: [string, string, string, number, string | undefined][] = [
      [`ann\n${'x'.repeat(257)}`, '', 'text/csv', 422, 'line 2'],
      ['ann', '?ids=sha256', 'text/csv', 422, 'line 1'],
      ['{"id":"ann"}\n{"id":7}', '', 'application/x-ndjson', 422, 'line 2'],
      ['{"id":"ann"}\nnonsense', '', 'application/x-ndjson', 422, 'line 2'],
      ['x'.repeat(5_000), '', 'text/csv', 422, 'line 1'],
      ['ann', '?mode=forget', 'text/csv', 422, 'mode'],
      ['ann', '', 'application/xml', 415, undefined],
    ]
    for (const [body, query, type, status, field] of cases) {
      const answer = await upload(body, query, type)
      assert.deepEqual([answer.status, answer.body.field], [status, field], body.slice(0, 20))
    }
    const stranger = await (await DeliveryWorld.create()).token()
    assert.equal((await upload('ann', '', 'text/csv', stranger)).status, 404)
    const party = await world.token([{ type: 'advertiser', id: world.advertiserId }])
    assert.equal((await upload('ann', '', 'text/csv', party)).status, 404)
    assert.deepEqual(of('ann'), [])
    assert.isString(segment.id)
  })

  test('are known by another reference in each epoch, and leave when they expire', async ({
    assert,
    client,
  }) => {
    const { upload, world, segment } = await segmentWorld(client)
    await upload('ann')
    const { organisationId } = world
    const tenancy = await app.container.make(Tenancy)
    const gate = await app.container.make(ConsentGate)
    const clock = new FrozenClock(Date.now())
    const audiences = new LocalAudiences(tenancy, gate, clock)
    const at = async (ms: number) => {
      clock.set(ms)
      await audiences.refresh()
      return audiences.segmentsOf(organisationId, 'ann', GRANTED, ms)
    }
    const now = Date.now()
    const nextEpoch = (Math.floor(now / SUBJECT_EPOCH_MS) + 1) * SUBJECT_EPOCH_MS
    assert.deepEqual(await at(now), [segment.id])
    assert.deepEqual(await at(nextEpoch + 1), [segment.id])
    assert.deepEqual(await at(now + 61 * DAY_MS), [])
    const rows = await tenancy.transaction(organisationId, async (trx) => trx.from('audiences_members'))
    assert.isAtLeast(rows.length, 2)
    assert.equal(new Set(rows.map((row) => row.subject_ref.toString('hex'))).size, rows.length)
    // Ends while a process holds it in memory.
    const holding = new LocalAudiences(tenancy, gate, new SystemClock())
    await holding.refresh()
    await tenancy.transaction(organisationId, async (trx) =>
      trx.from('audiences_members').update({ expires_at: new Date(now - 1_000) })
    )
    await new ExpireMembers(tenancy, new SystemClock()).run()
    await holding.refresh()
    assert.deepEqual(holding.segmentsOf(organisationId, 'ann', GRANTED, now), [])
    await new ExpireMembers(tenancy, new FrozenClock(now + 2 * DAY_MS)).run()
    const left = await tenancy.transaction(organisationId, async (trx) => trx.from('audiences_members'))
    assert.lengthOf(left, 0)
  })

  test('are found and erased by their id', async ({ assert, client }) => {
    const { upload, world, segment, of, audiences } = await segmentWorld(client)
    await upload('ann\nbob')
    const store = await app.container.make(AudienceSubjects)
    const found = await store.find(world.organisationId, 'ann')
    assert.deepEqual([...new Set(found.map((row) => row.segmentId))], [segment.id])
    const other = newId<'organisation'>()
    assert.equal(await store.erase(other, 'ann'), 0)
    assert.equal(await store.erase(world.organisationId, 'ann'), found.length)
    assert.equal(await store.erase(world.organisationId, 'ann'), 0)
    await audiences.refresh()
    assert.deepEqual([of('ann'), of('bob')], [[], [segment.id]])
    assert.deepEqual(await store.find(world.organisationId, 'ann'), [])
  })
})

test.group('targeting segments', () => {
  test('a line item serves its segment, by id or as a server states, with consent only', async ({
    assert,
    client,
  }) => {
    const { world, api, segment, upload, secret } = await segmentWorld(client)
    const placementId = await world.placement({ sizes: [[300, 250]] })
    const second = await api.create('segments', { name: 'Second' })
    const line = await world.line([300, 250], {
      targeting: { segments: { include: [segment.id], exclude: [second.id] } },
    })
    await world.live(placementId)
    await upload('ann')
    const placements = [{ id: placementId }]
    const consent = { gdpr: false }
    const ask = async (more: object, headers = {}) =>
      (await decide({ placements, consent, ...more }, headers))?.lineItemId ?? null
    const bearer = { authorization: `Bearer ${secret}` }
    assert.equal(await ask({ user: { id: 'ann' } }), line.lineItemId)
    assert.isNull(await ask({ user: { id: 'bob' } }))
    assert.isNull(await ask({ user: { id: 'ann' }, consent: { gdpr: true } }))
    assert.isNull(await ask({ user: { segments: [segment.id] } }))
    assert.equal(await ask({ user: { segments: [segment.id] } }, bearer), line.lineItemId)
    assert.isNull(await ask({ user: { segments: [segment.id, second.id] } }, bearer))
    assert.isNull(await ask({ user: { segments: [segment.id] }, consent: { gdpr: true } }, bearer))
  })

  test('segments of nobody, and of another organisation, are refused with the field', async ({
    assert,
    client,
  }) => {
    const { world, api, segment } = await segmentWorld(client)
    const foreign = await segmentWorld(client)
    const { lineItemId } = await world.line([300, 250])
    const change = (segments: object) =>
      api.send('PATCH', `line-items/${lineItemId}`, { targeting: { segments } })
    const cases: [object, number, string | undefined][] = [
      [{ include: [foreign.segment.id] }, 404, 'targeting.segments.include.0'],
      [{ exclude: [segment.id, newId()] }, 404, 'targeting.segments.exclude.1'],
      [{ allOf: [[segment.id], [segment.id, newId()]] }, 404, 'targeting.segments.allOf.1.1'],
      [{ allOf: [[]] }, 422, 'targeting.segments.allOf.0'],
      [{ allOf: segment.id }, 422, 'targeting.segments.allOf'],
      [{ include: ['runners'] }, 422, 'targeting.segments.include.0'],
      [{ include: [segment.id], allOf: [[segment.id]] }, 200, undefined],
    ]
    for (const [segments, status, field] of cases) {
      const answer = await change(segments)
      assert.deepEqual([answer.status, answer.body.field], [status, field], JSON.stringify(segments))
    }
  })
})

test.group('segments that people join by what they do', () => {
  test('visits, clicks and the pixel let in those whose consent allows it', async ({ assert, client }) => {
    const { world, api, segment, audiences, of } = await segmentWorld(client)
    const placementId = await world.placement({ sizes: [[300, 250]] })
    const line = await world.line([300, 250])
    const visited = await api.create('segments', {
      name: 'V',
      rule: { event: 'visited', ids: [placementId] },
    })
    const clicked = await api.create('segments', {
      name: 'C',
      rule: { event: 'clicked', ids: [line.lineItemId] },
    })
    await world.live(placementId)
    await audiences.refresh()
    const placements = [{ id: placementId }]
    const ad = await decide({ placements, consent: { gdpr: false }, user: { id: 'ann' } })
    await decide({ placements, consent: { gdpr: true }, user: { id: 'bob' } })
    await fetch(ad!.urls.click!, { redirect: 'manual', headers: { 'user-agent': BROWSER_AGENT } })
    const pixel = (query: string) =>
      fetch(`${delivery.origin}/t/s/${segment.id}?${query}`, { headers: { 'user-agent': BROWSER_AGENT } })
    assert.equal((await pixel('id=cid&gdpr=0')).headers.get('content-type'), 'image/gif')
    await pixel('id=dan&gdpr=1')
    await pixel('gdpr=0')
    await world.facts({ request: 2, click: 1, visit: 1 })
    const admit = await app.container.make(AdmitPeople)
    await until('people are in', async () => {
      await admit.run()
      await audiences.refresh()
      return of('ann').length === 2 && of('cid').length === 1
    })
    assert.sameMembers([...of('ann')], [visited.id, clicked.id])
    assert.deepEqual(of('cid'), [segment.id])
    for (const user of ['bob', 'dan', '']) assert.deepEqual(of(user), [])
  })

  test('rules name what the organisation has', async ({ assert, client }) => {
    const { api, world } = await segmentWorld(client)
    const foreign = await DeliveryWorld.create()
    const { lineItemId } = await foreign.line([300, 250])
    const placement: Id<'placement'> = await world.placement({ sizes: [[300, 250]] })
    const cases: [object, number, string][] = [
      [{ event: 'clicked', ids: [lineItemId] }, 404, 'rule.ids.0'],
      [{ event: 'visited', ids: [placement, newId()] }, 404, 'rule.ids.1'],
      [{ event: 'clicked', ids: [placement] }, 404, 'rule.ids.0'],
      [{ event: 'bought', ids: [placement] }, 422, 'rule.event'],
      [{ event: 'visited', ids: [] }, 422, 'rule.ids'],
    ]
    for (const [rule, status, field] of cases) {
      const answer = await api.send('POST', 'segments', { name: 'R', rule })
      assert.deepEqual([answer.status, answer.body.field], [status, field], JSON.stringify(rule))
    }
    assert.equal((await api.send('POST', 'segments', { name: 'R', expiresAfterDays: 181 })).status, 422)
  })
})
