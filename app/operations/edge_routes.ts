import type { EdgeReply, EdgeRoute } from '#modules/kernel/edge'
import { METRICS_TYPE, type MetricsRegistry } from '#modules/kernel/metrics'
import type { Readiness } from '#app/operations/readiness'

const NO_BODY_BYTES = 0

export type OperationsParts = {
  readonly readiness: () => Promise<Readiness>
  readonly metrics: MetricsRegistry
}

/** What balancers and monitors ask: alive, ready, and the numbers. Mounted in every kind of process. */
export function operationsRoutes({ readiness, metrics }: OperationsParts): EdgeRoute[] {
  return [
    route('/health/live', (reply) => sendJson(reply, 200, { status: 'live' })),
    route('/health/ready', async (reply) => {
      const { ready, parts } = await readiness()
      sendJson(reply, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', parts })
    }),
    route('/metrics', (reply) =>
      reply.send(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' }, metrics.text())
    ),
  ]
}

function route(path: string, answer: (reply: EdgeReply) => void | Promise<void>): EdgeRoute {
  return { method: 'GET', path, maxBodyBytes: NO_BODY_BYTES, handle: (_request, reply) => answer(reply) }
}

function sendJson(reply: EdgeReply, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  reply.send(status, headers, JSON.stringify(body))
}
