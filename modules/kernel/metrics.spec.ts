import { test } from '@japa/runner'
import { MAX_SERIES, MetricsRegistry } from '#modules/kernel/metrics'

test.group('metrics', () => {
  test('a counter is written with its labels escaped', ({ assert }) => {
    const registry = new MetricsRegistry()
    registry.counter('ads_total', 'Ads\nserved', ['outcome']).inc('say "hi"\\\n')
    assert.equal(
      registry.text(),
      '# HELP ads_total Ads\\nserved\n# TYPE ads_total counter\nads_total{outcome="say \\"hi\\"\\\\\\n"} 1\n'
    )
  })

  test('a histogram is cumulative, and a value on a bound belongs below it', ({ assert }) => {
    const registry = new MetricsRegistry()
    const histogram = registry.histogram('wait_seconds', 'Wait', [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value)
    assert.include(registry.text(), 'wait_seconds_bucket{le="0.1"} 2\n')
    assert.include(registry.text(), 'wait_seconds_bucket{le="1"} 3\n')
    assert.include(registry.text(), 'wait_seconds_bucket{le="+Inf"} 4\n')
    assert.include(registry.text(), 'wait_seconds_count 4\n')
  })

  test('a gauge of a function is asked at each scrape', ({ assert }) => {
    const registry = new MetricsRegistry()
    let depth = 1
    registry.gaugeOf('queue_depth', 'Waiting', () => depth)
    depth = 5
    assert.include(registry.text(), 'queue_depth 5\n')
  })

  test('labels that grow without bound fold into other', ({ assert }) => {
    const registry = new MetricsRegistry()
    const counter = registry.counter('by_id_total', 'Wrong', ['id'])
    for (let index = 0; index < MAX_SERIES + 50; index++) counter.inc(`id-${index}`)
    assert.equal(counter.with('other').value, 50)
  })

  test('the same name gives the same metric, another shape under it is refused', ({ assert }) => {
    const registry = new MetricsRegistry()
    assert.strictEqual(registry.counter('a_total', 'A'), registry.counter('a_total', 'A'))
    assert.throws(() => registry.gauge('a_total', 'A'), /another shape/)
    assert.throws(() => registry.counter('a_total', 'A', ['x']), /another shape/)
    assert.throws(() => registry.counter('a total', 'A'), /not a metric/)
    assert.throws(() => registry.histogram('h', 'H', [2, 1]), /must grow/)
  })
})
