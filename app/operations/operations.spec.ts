import { test } from '@japa/runner'
import { MetricsRegistry } from '#modules/kernel/metrics'
import type { EdgeRequest } from '#modules/kernel/edge'
import { operationsRoutes } from '#app/operations/edge_routes'
import { showProcess } from '#app/operations/process_metrics'
import { ReadinessProbe } from '#app/operations/readiness'

const REQUEST: EdgeRequest = {
  method: 'GET',
  path: '',
  query: '',
  header: () => undefined,
  body: Buffer.alloc(0),
  remoteAddress: '127.0.0.1',
  params: {},
}

function probe(state: { matching?: boolean; log?: boolean; database?: () => Promise<unknown> }) {
  const failures: unknown[] = []
  let now = 0
  const readiness = new ReadinessProbe(
    {
      matching: { ready: state.matching ?? true },
      log: { isOpen: state.log ?? true },
      askDatabase: state.database ?? (() => Promise.resolve()),
      onFailure: (error) => failures.push(error),
    },
    () => now
  )
  return { readiness, failures, wait: (ms: number) => (now += ms) }
}

async function answer(path: string, readiness: ReadinessProbe) {
  const metrics = new MetricsRegistry()
  showProcess(metrics)
  const routes = operationsRoutes({ readiness: () => readiness.read(), metrics })
  const route = routes.find((candidate) => candidate.path === path)!
  let seen = { status: 0, body: '' }
  await route.handle(REQUEST, { send: (status, _headers, body) => (seen = { status, body: String(body) }) })
  return seen
}

test.group('operations', () => {
  test('a process is ready when all of its parts are', async ({ assert }) => {
    const { status, body } = await answer('/health/ready', probe({}).readiness)
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(body), {
      status: 'ready',
      parts: { matching: 'ok', database: 'ok', log: 'ok' },
    })
  })

  test('each part alone makes it not ready: {name}')
    .with([
      { name: 'matching', state: { matching: false } },
      { name: 'log', state: { log: false } },
      { name: 'database', state: { database: () => Promise.reject(new Error('postgres://secret@host')) } },
    ])
    .run(async ({ assert }, { name, state }) => {
      const { readiness } = probe(state)
      const { status, body } = await answer('/health/ready', readiness)
      assert.equal(status, 503)
      assert.notEqual(JSON.parse(body).parts[name], 'ok')
      assert.notInclude(body, 'secret')
    })

  test('the database is asked once in two seconds, its failure is told', async ({ assert }) => {
    let asked = 0
    const { readiness, failures, wait } = probe({
      database: () => (asked++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve()),
    })
    assert.isFalse((await readiness.read()).ready)
    await Promise.all([readiness.read(), readiness.read()])
    assert.equal(asked, 1)
    assert.lengthOf(failures, 1)
    wait(2001)
    assert.isTrue((await readiness.read()).ready)
  })

  test('a database that never answers does not hold the probe', async ({ assert }) => {
    const { readiness } = probe({ database: () => new Promise(() => {}) })
    assert.match((await readiness.read()).parts.database, /did not answer within/)
  })

  test('liveness touches nothing', async ({ assert }) => {
    const dead = probe({ matching: false, log: false, database: () => Promise.reject(new Error('away')) })
    assert.equal((await answer('/health/live', dead.readiness)).status, 200)
    assert.lengthOf(dead.failures, 0)
  })

  test('metrics tell of the process', async ({ assert }) => {
    const { body } = await answer('/metrics', probe({}).readiness)
    assert.match(body, /process_resident_memory_bytes \d+/)
    assert.match(body, /nodejs_eventloop_delay_p99_seconds [\d.e-]+/)
  })
})
