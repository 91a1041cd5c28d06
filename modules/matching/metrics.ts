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
