import { setTimeout as pause } from 'node:timers/promises'
import { test } from '@japa/runner'
import { Sweeper } from '#modules/kernel/sweeper'

function counting(
  cleanup: (work: () => Promise<void>) => void,
  everyMs: number,
  work: (run: number) => Promise<unknown>
) {
  const seen = { runs: 0, atOnce: 0, most: 0, errors: [] as unknown[] }
  const sweeper = new Sweeper({
    everyMs,
    onError: (error) => void seen.errors.push(error),
    work: async () => {
      seen.runs += 1
      seen.most = Math.max(seen.most, ++seen.atOnce)
      try {
        await work(seen.runs)
      } finally {
        seen.atOnce -= 1
      }
    },
  })
  cleanup(() => sweeper.stop())
  return { sweeper, seen }
}

test.group('Sweeper', () => {
  test('runs at the start and again after a while', async ({ assert, cleanup }) => {
    const { sweeper, seen } = counting(cleanup, 20, async () => undefined)
    sweeper.start()
    await pause(150)
    assert.isAtLeast(seen.runs, 3)
  })

  test('runs once more, not at once, when woken while it works', async ({ assert, cleanup }) => {
    const { sweeper, seen } = counting(cleanup, 10_000, () => pause(30))
    sweeper.start()
    for (let wakes = 0; wakes < 10; wakes++) sweeper.wake()
    await pause(120)
    assert.deepInclude(seen, { runs: 2, most: 1 })
  })

  test('goes on after an error', async ({ assert, cleanup }) => {
    const { sweeper, seen } = counting(cleanup, 10, (run) =>
      run === 1 ? Promise.reject(new Error('once')) : Promise.resolve()
    )
    sweeper.start()
    await pause(100)
    assert.lengthOf(seen.errors, 1)
    assert.isAtLeast(seen.runs, 2)
  })

  test('stop waits for the running work and nothing follows', async ({ assert, cleanup }) => {
    const { sweeper, seen } = counting(cleanup, 1, () => pause(40))
    sweeper.start()
    await sweeper.stop()
    assert.deepInclude(seen, { runs: 1, atOnce: 0 })
    sweeper.wake()
    await pause(60)
    assert.equal(seen.runs, 1)
  })
})
