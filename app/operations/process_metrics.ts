import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricsRegistry } from '#modules/kernel/metrics'

const DELAY_RESOLUTION_MS = 20
const NS_PER_SECOND = 1e9
const US_PER_SECOND = 1e6

/** What the process itself is like, under the names that dashboards for Node expect. */
export function showProcess(metrics: MetricsRegistry): void {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  delay.enable()
  metrics.gaugeOf('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss())
  metrics.gaugeOf('process_uptime_seconds', 'Time since the start', () => process.uptime())
  metrics.gaugeOf('process_cpu_seconds', 'User and system time so far', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / US_PER_SECOND
  })
  metrics.gaugeOf(
    'nodejs_eventloop_delay_p99_seconds',
    'Delay of the event loop since the last scrape',
    () => {
      const seconds = delay.percentile(99) / NS_PER_SECOND
      delay.reset()
      return seconds
    }
  )
}
