import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { newId } from '#modules/kernel/ids'
import { faultOf, furnish, operations, propertiesOf, send, withValue } from '#tests/support/hostile'
import { WRONG_BODIES, wrongValues, type Operation } from '#tests/support/hostile'
import { Management } from '#tests/support/management'
import { createWorld } from '#tests/support/world'

async function furnishedWorld(client: ApiClient) {
  const world = await createWorld()
  const { organisation, owner, token } = world
  const own = { organisation: organisation.id, person: owner.id, token: owner.tokenId }
  const furnished = await furnish(new Management(client, token), own)
  const pathOf = (path: string, segment: string) => path.replace('{id}', furnished.ids[segment] ?? newId())
  return { world, token, ...furnished, pathOf }
}

/** All that the organisation holds, but for when its tokens were last used. */
async function stateOf(token: string, all: readonly Operation[]): Promise<string> {
  const lists = all.filter(({ method, query }) => method === 'GET' && query.includes('cursor'))
  const state = await Promise.all(
    lists.map(async ({ path }) => {
      const { json } = await send('GET', `${path}?limit=200`, { token })
      const rows = (json.data as Record<string, unknown>[]).map((row) => ({ ...row, lastUsedAt: null }))
      return [path, json.total, rows]
    })
  )
  return JSON.stringify(state)
}

/** Runs a check for each row, a few at a time, and returns what was wrong. */
async function faultsOf<Row>(rows: readonly Row[], check: (row: Row) => Promise<string | null>) {
  const AT_ONCE = 8
  const faults: string[] = []
  const waiting = [...rows]
  const work = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const fault = await check(row)
      if (fault) faults.push(fault)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return faults
}

test.group('hostile input of the management API', (group) => {
  group.each.timeout(120_000)

  test('bodies that are no JSON object are refused by every operation', async ({ client, assert }) => {
    const { token, pathOf } = await furnishedWorld(client)
    const all = await operations()
    const before = await stateOf(token, all)
    const rows = all
      .filter(({ body }) => body !== null)
      .flatMap((operation) => WRONG_BODIES.map((wrong) => ({ operation, wrong })))
    assert.isAbove(rows.length, 500)
    const faults = await faultsOf(rows, async ({ operation, wrong: [what, sent, allowed] }) => {
      const { method, path, segment, isPublic } = operation
      const answer = await send(method, pathOf(path, segment), isPublic ? sent : { ...sent, token })
      const fault = faultOf(answer, allowed)
      return fault && `${method} ${path} with ${what} ${fault}`
    })
    assert.deepEqual(faults, [])
    assert.equal(await stateOf(token, all), before)
  })

  test('a value of a wrong type is refused with the name of its field', async ({ client, assert }) => {
    const { token, bodyOf, pathOf } = await furnishedWorld(client)
    const all = await operations()
    const before = await stateOf(token, all)
    const rows = all
      .filter(({ method, path, body }) => body && (method === 'PATCH' || /^\/api\/v1\/[a-z-]+$/.test(path)))
      .flatMap((operation) =>
        propertiesOf(operation.body!)
          .filter(([, { format }]) => format !== 'binary')
          .flatMap(([at, schema]) => wrongValues(schema).map((value) => ({ operation, at, value })))
      )
    assert.isAbove(rows.length, 800)
    const faults = await faultsOf(rows, async ({ operation: { method, path, segment }, at, value }) => {
      const whole = withValue(bodyOf(segment), at, value)
      const sent = method === 'PATCH' ? { [at[0]!]: (whole as Record<string, unknown>)[at[0]!] } : whole
      const answer = await send(method, pathOf(path, segment), { token, body: JSON.stringify(sent) })
      const named = String(answer.json.field ?? '').split('.')[0] === at[0]
      const fault = faultOf(answer, [404, 409, 422]) ?? (named ? null : `names ${answer.json.field}`)
      return fault && `${method} ${path} ${at.join('.')} = ${JSON.stringify(value).slice(0, 40)} ${fault}`
    })
    assert.deepEqual(faults, [])
    assert.equal(await stateOf(token, all), before)
  })

  test('keys of the prototype and depth change nothing', async ({ client, assert }) => {
    const { token, pathOf } = await furnishedWorld(client)
    const all = (await operations()).filter(({ body }) => body !== null)
    const deep = `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`
    const bodies = [deep, '{"__proto__":{"name":5}}', '{"constructor":{"prototype":{"name":"x"}}}', '[{}]']
    const rows = all.flatMap((operation) => bodies.map((body) => ({ operation, body })))
    const faults = await faultsOf(rows, async ({ operation: { method, path, segment, isPublic }, body }) => {
      const answer = await send(method, pathOf(path, segment), isPublic ? { body } : { body, token })
      return answer.status < 500 ? null : `${method} ${path} ${body.slice(0, 30)} answered ${answer.status}`
    })
    assert.deepEqual(faults, [])
    assert.notProperty({}, 'name')
  })

  test('a gzip bomb is refused while it is inflated', async ({ client, assert }) => {
    const { token } = await furnishedWorld(client)
    const body = new Uint8Array(gzipSync(`{"name":"${'x'.repeat(30_000_000)}"}`))
    const headers = { 'content-encoding': 'gzip' }
    assert.isNull(faultOf(await send('POST', '/api/v1/advertisers', { token, body, headers }), [413]))
  })

  test('what belongs to another organisation does not exist, at either end of a link', async ({
    client,
    assert,
  }) => {
    const { token, bodyOf, pathOf } = await furnishedWorld(client)
    const foreign = await furnishedWorld(client)
    const all = await operations()
    const before = await stateOf(foreign.token, all)
    const faults = await faultsOf(all, async ({ method, path, segment }) => {
      if (!path.includes('{id}')) return null
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{"name":"Taken","creatives":[]}' }
      const fault = faultOf(await send(method, foreign.pathOf(path, segment), { token, ...body }), [404])
      return fault && `${method} ${path} of another organisation ${fault}`
    })
    const links: [string, (string | number)[], string][] = [
      ['sites', ['publisherId'], 'publishers'],
      ['placements', ['siteId'], 'sites'],
      ['campaigns', ['advertiserId'], 'advertisers'],
      ['creatives', ['advertiserId'], 'advertisers'],
      ['line-items', ['campaignId'], 'campaigns'],
      ['line-items', ['creatives', 0, 'creativeId'], 'creatives'],
      ['line-items', ['targeting', 'sites', 'include', 0], 'sites'],
      ['line-items', ['targeting', 'segments', 'include', 0], 'segments'],
      ['pixels', ['advertiserId'], 'advertisers'],
      ['segments', ['rule', 'ids', 0], 'placements'],
      ['line-items', ['targeting', 'placements', 'exclude', 0], 'placements'],
    ]
    for (const [segment, at, target] of links) {
      const body = JSON.stringify(withValue(bodyOf(segment), at, foreign.ids[target]))
      const answer = await send('POST', `/api/v1/${segment}`, { token, body })
      const fault =
        faultOf(answer, [404]) ?? (answer.json.field === at.join('.') ? null : `names ${answer.json.field}`)
      if (fault) faults.push(`${segment} ${at.join('.')} ${fault}`)
    }
    const filter = await send(
      'GET',
      `/api/v1/reports/delivery?from=2026-11-01&to=2026-11-02&campaign=${foreign.ids.campaigns}`,
      { token }
    )
    assert.isNull(faultOf(filter, [404]))
    assert.deepEqual(faults, [])
    assert.equal(await stateOf(foreign.token, all), before)
    const mine = await send(
      'GET',
      pathOf('/api/v1/campaigns/{id}', 'campaigns')
        .toUpperCase()
        .replace('/API/V1/CAMPAIGNS', '/api/v1/campaigns'),
      { token }
    )
    assert.equal(mine.status, 200)
  })

  test('ids that are none, odd queries and forged cursors are refused', async ({ client, assert }) => {
    const { token } = await furnishedWorld(client)
    const all = await operations()
    const paths = all.filter(({ path, body }) => path.includes('{id}') && body === null)
    const odd = [
      'limit=0',
      'limit=201',
      'limit=abc',
      'limit=1.5',
      'limit[]=1',
      'limit=1&limit=2',
      'sort=nope',
    ]
    odd.push('sort=__proto__', 'sort[]=name', 'cursor=x', `cursor=${'A'.repeat(4000)}`, 'cursor[a]=x')
    const rows = [
      ...paths.flatMap(({ method, path }) =>
        ['x', '5', '%00', '..%2f', `${newId()}%20`, "'", '%E2%80%AE'].map((id) => ({
          method,
          path: path.replace('{id}', id),
          allowed: [404],
        }))
      ),
      ...paths.map(({ method, path }) => ({ method, path: path.replace('{id}', '%FF'), allowed: [400] })),
      ...all
        .filter(({ method, query }) => method === 'GET' && query.includes('cursor'))
        .flatMap(({ path, query }) =>
          [...odd, ...(query.includes('q') ? ['q[]=x', 'q=%00', `q=${'x'.repeat(4000)}`] : [])].map(
            (text) => ({ method: 'GET', path: `${path}?${text}`, allowed: [422] })
          )
        ),
    ]
    const faults = await faultsOf(rows, async ({ method, path, allowed }) => {
      const fault = faultOf(await send(method, path, { token }), allowed)
      return fault && `${method} ${path.slice(0, 80)} ${fault}`
    })
    assert.deepEqual(faults, [])
  })

  test('the wildcards of a search and the spelling of letters', async ({ client, assert }) => {
    const { token } = await createWorld()
    const api = new Management(client, token)
    const names = ['100% sure', 'under_score', 'back\\slash', 'cafe\u0301', 'ÜBER <b>', '=HYPERLINK("x")']
    for (const name of names) await api.create('advertisers', { name })
    const found = async (q: string) => {
      const { json } = await send('GET', `/api/v1/advertisers?sort=name&q=${encodeURIComponent(q)}`, {
        token,
      })
      return (json.data as { name: string }[]).map(({ name }) => name)
    }
    assert.deepEqual(await found('%'), ['100% sure'])
    assert.deepEqual(await found('_'), ['under_score'])
    assert.deepEqual(await found('\\'), ['back\\slash'])
    assert.deepEqual(await found('caf\u00e9'), await found('cafe\u0301'))
    assert.lengthOf(await found('caf\u00e9'), 1)
    assert.deepEqual(await found('über <B>'), ['ÜBER <b>'])
  })

  test('a method that an address does not take is 405, and HEAD is GET without a body', async ({
    client,
    assert,
  }) => {
    const { token } = await furnishedWorld(client)
    const wrong = await send('PUT', '/api/v1/advertisers', { token, body: '{}' })
    assert.isNull(faultOf(wrong, [405]))
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD, POST')
    assert.isNull(faultOf(await send('DELETE', '/api/v1/nothing/here', { token }), [404]))
    const head = await send('HEAD', '/api/v1/advertisers', { token })
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal((await send('HEAD', '/api/v1/advertisers')).status, 401)
  })
})
