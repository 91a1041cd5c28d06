import { metrics } from '#modules/kernel/metrics'

/** Seconds. A decision takes a fraction of a millisecond; the upper bounds are there to show trouble. */
const SERVICE_BOUNDS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 1]

/** Counters of delivery and tracking. */
export const servingMetrics = {
  decisions: metrics.counter('placard_decisions_total', 'Ad requests by entrance and outcome', [
    'entrance',
    'outcome',
  ]),
  slots: metrics.counter('placard_slots_total', 'Slots by whether an ad filled them', ['outcome']),
  trackers: metrics.counter('placard_trackers_total', 'Tracker calls by kind and outcome', [
    'kind',
    'outcome',
  ]),
  conversions: metrics.counter('placard_conversions_total', 'Conversions by entrance and outcome', [
    'entrance',
    'outcome',
  ]),
  unnoted: metrics.counter('placard_request_facts_lost_total', 'Request facts that a full log did not take'),
  serviceTime: metrics.histogram('placard_service_seconds', 'Time from body to answer', SERVICE_BOUNDS, [
    'entrance',
  ]),
}
