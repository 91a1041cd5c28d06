import type { EdgeReply, EdgeRoute } from '#modules/kernel/edge'
import { servingMetrics } from '#modules/serving/metrics'

/** The route of a front with its answers counted by class of status, and its time taken. */
export function timed(entrance: string, route: EdgeRoute): EdgeRoute {
  const serviceTime = servingMetrics.serviceTime.with(entrance)
  return {
    ...route,
    handle: async (request, reply) => {
      const startedMs = performance.now()
      const counted: EdgeReply = {
        send: (status, headers, body) => {
          servingMetrics.decisions.inc(entrance, outcomeOf(status))
          serviceTime.observe((performance.now() - startedMs) / 1000)
          reply.send(status, headers, body)
        },
      }
      await route.handle(request, counted)
    },
  }
}

function outcomeOf(status: number): string {
  if (status < 400) return 'ok'
  return status < 500 ? 'refused' : 'later'
}
