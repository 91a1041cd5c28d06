import { test } from '@japa/runner'
import {
  networkOf,
  nextAttempt,
  slowDownMs,
  WINDOW_MS,
  type AttemptRow,
} from '#modules/identity/services/login_throttle'

test.group('login throttle', () => {
  test('{address} belongs to {network}')
    .with([
      { address: '203.0.113.77', network: '203.0.113.0/24' },
      { address: '::ffff:203.0.113.77', network: '203.0.113.0/24' },
      { address: '2001:db8:1:2:3::4', network: '2001:db8:1::/48' },
      { address: 'nonsense', network: 'unknown' },
      { address: '', network: 'unknown' },
    ])
    .run(({ assert }, { address, network }) => assert.equal(networkOf(address), network))

  test('five attempts are free, then each wait is twice the last, up to 15 minutes', ({ assert }) => {
    let row: AttemptRow | null = null
    let now = 1_000_000
    const waits: number[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      const next: ReturnType<typeof nextAttempt> = nextAttempt(row, now)
      assert.equal(next.waitMs, 0)
      row = next.row
      waits.push(row.blockedUntil === null ? 0 : row.blockedUntil - now)
      now = Math.max(now, row.blockedUntil ?? now)
    }
    assert.deepEqual(waits.slice(0, 10), [0, 0, 0, 0, 30_000, 60_000, 120_000, 240_000, 480_000, 0])
    assert.isAtMost(Math.max(...waits), WINDOW_MS)
  })

  test('an attempt while waiting is neither let through nor counted', ({ assert }) => {
    const row = { attempts: 5, windowStartedAt: 0, blockedUntil: 30_000 }
    assert.deepEqual(nextAttempt(row, 10_000), { row, waitMs: 20_000 })
  })

  test('the slow-down of an e-mail starts late and ends at three seconds', ({ assert }) => {
    assert.deepEqual([0, 20, 21, 50, 1_000_000].map(slowDownMs), [0, 0, 100, 3000, 3000])
  })
})
