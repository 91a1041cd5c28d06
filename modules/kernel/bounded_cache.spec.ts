import { test } from '@japa/runner'
import { BoundedCache } from '#modules/kernel/bounded_cache'

test.group('bounded cache', () => {
  test('forgets the entry used longest ago when it is full', ({ assert }) => {
    const cache = new BoundedCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.get('a'), 1)
    cache.set('c', 3)
    assert.isUndefined(cache.get('b'))
    assert.deepEqual([cache.get('a'), cache.get('c'), cache.size], [1, 3, 2])
  })

  test('a key set again keeps one entry with the new value', ({ assert }) => {
    const cache = new BoundedCache<number>(2)
    cache.set('a', 1)
    cache.set('a', 2)
    assert.deepEqual([cache.get('a'), cache.size], [2, 1])
  })

  test('a capacity of {$self} is refused')
    .with([0, -1, 1.5, Number.NaN])
    .run(({ assert }, capacity) => {
      assert.throws(() => new BoundedCache(capacity), /is not a whole number of at least 1/)
    })
})
