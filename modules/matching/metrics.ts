import { metrics } from '#modules/kernel/metrics'

const LOAD_BOUNDS_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]

/** What the operator sees of snapshots; decisions are counted by serving. */
export const matchingMetrics = {
  organisations: metrics
    .gauge('placard_matching_organisations', 'Organisations whose snapshot is loaded')
    .with(),
  failing: metrics
    .gauge('placard_matching_failing', 'Organisations whose newest snapshot cannot be loaded')
    .with(),
  sourceUp: metrics.gauge('placard_matching_source_up', '1 while snapshot versions can be read').with(),
  capCounts: metrics.gauge('placard_caps_counts', 'Counts of frequency caps kept in this process').with(),
  capPeople: metrics.gauge('placard_caps_people', 'People with counts of frequency caps').with(),
  capDropped: metrics
    .gauge('placard_caps_dropped', 'People whose counts were dropped for want of room since the start')
    .with(),
  capWaiting: metrics
    .gauge('placard_caps_waiting', 'Changes of counts that are not written to Redis yet')
    .with(),
  capLost: metrics
    .gauge(
      'placard_caps_lost',
      'Changes that other processes never learn of, Redis having been away too long'
    )
    .with(),
  loads: metrics.counter('placard_matching_loads_total', 'Snapshots compiled and indexed, by outcome', [
    'outcome',
  ]),
  loadSeconds: metrics.histogram(
    'placard_matching_load_seconds',
    'Time from the first query of a snapshot to its engine',
    LOAD_BOUNDS_SECONDS,
    []
  ),
}
