import { setTimeout as pause } from 'node:timers/promises'
import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { Wakes } from '#modules/kernel/wake'

/** A port that nothing listens on. */
const NOWHERE = { host: '127.0.0.1', port: 1, retryStrategy: () => 50 }

function here() {
  const { hostname, port, password, pathname } = new URL(process.env.REDIS_URL!)
  return {
    host: hostname,
    port: Number(port),
    password: decodeURIComponent(password) || undefined,
    db: Number(pathname.slice(1)),
  }
}
const surprised = (message: string) => {
  throw new Error(message)
}

async function until(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await pause(20)
  return condition()
}

test.group('Wakes', () => {
  test('a wake in one process calls the handler in another', async ({ assert, cleanup }) => {
    const [sender, listener] = [new Wakes(here(), surprised), new Wakes(here(), surprised)]
    cleanup(async () => void (await Promise.all([sender.close(), listener.close()])))
    const queue = `test.${newId()}`
    let woken = 0
    listener.onWake(queue, () => void woken++)
    await until(() => {
      sender.wake(queue)
      return woken > 0
    })
    assert.isAbove(woken, 0)
    const before = woken
    assert.isTrue(
      await until(() => {
        sender.wake(queue)
        return woken > before
      }),
      'a later wake is heard as well'
    )
  }).skip(!process.env.REDIS_URL, 'REDIS_URL is not set')

  test('without Redis a wake is dropped, the trouble is told once, and closing does not hang', async ({
    assert,
  }) => {
    const told: string[] = []
    const wakes = new Wakes(NOWHERE, (message) => void told.push(message))
    wakes.onWake('test.away', () => assert.fail('nobody wakes'))
    for (let tries = 0; tries < 20; tries++) {
      wakes.wake('test.away')
      wakes.wake('test.other')
      await pause(10)
    }
    assert.lengthOf(told, 1)
    const started = Date.now()
    await wakes.close()
    assert.isBelow(Date.now() - started, 2_000)
  })
})
