import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Campaigns } from '#modules/campaigns/contract'
import { newId } from '#modules/kernel/ids'
import { Management } from '#tests/support/management'
import { freePort } from '#tests/support/ports'
import { ServerProcess } from '#tests/support/server_process'
import { createWorld } from '#tests/support/world'

const PATIENCE_MS = 10_000
/** What an auditor may rely on: docs/operations.md. */
const FRESH_MS = 1_000

let server: ServerProcess

async function call(token: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${server.origin}/api/v1/${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  })
  return (await answer.json()) as Record<string, unknown> & { id: string }
}

async function actionsOn(token: string, objectId: string): Promise<string[]> {
  const { data } = await call(token, 'GET', `audit?sort=at&objectId=${objectId}`)
  return (data as { action: string }[]).map(({ action }) => action)
}

/** How long it took until `look` saw it. */
async function waited(look: () => Promise<boolean>): Promise<number> {
  const begin = performance.now()
  while (!(await look())) {
    if (performance.now() - begin > PATIENCE_MS) throw new Error(`not seen within ${PATIENCE_MS} ms`)
    await sleep(10)
  }
  return performance.now() - begin
}

test.group('news in a running server', (group) => {
  group.setup(async () => {
    server = new ServerProcess(await freePort(), await mkdtemp(join(tmpdir(), 'placard-news-')))
    return () => server.stop()
  })

  test('what a dead process had committed is delivered when a server starts, and once', async ({
    client,
    assert,
  }) => {
    const world = await createWorld()
    const { id } = await new Management(client, world.token).create('publishers', { name: `P ${newId()}` })
    await server.start()
    await waited(async () => (await actionsOn(world.token, id)).length > 0)
    await server.kill()
    await server.start()
    assert.deepEqual(await actionsOn(world.token, id), ['publisher.created'])
  })

  test('a change is in the audit log within a second', async ({ assert }) => {
    const world = await createWorld()
    const took: number[] = []
    for (let turn = 0; turn < 10; turn++) {
      const { id } = await call(world.token, 'POST', 'advertisers', { name: `Advertiser ${turn}` })
      took.push(await waited(async () => (await actionsOn(world.token, id)).length === 1))
    }
    assert.isBelow(Math.max(...took), FRESH_MS, took.map(Math.round).join(', '))
  })

  test('a changed time zone moves the snapshot that is served', async ({ assert }) => {
    const world = await createWorld()
    const campaigns = await app.container.make(Campaigns)
    const { id } = world.organisation
    const version = async () => (await campaigns.versions()).get(id) ?? 0
    const before = await version()
    await call(world.token, 'PATCH', `organisations/${id}`, { timeZone: 'Asia/Tokyo' })
    assert.isBelow(await waited(async () => (await version()) > before), FRESH_MS)
    assert.equal((await campaigns.compile(id)).timeZone, 'Asia/Tokyo')
  })
})
