import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { Cursors, type CursorMove } from '#modules/kernel/cursors'
import { SeededRandom } from '#modules/kernel/random'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { SystemClock } from '#modules/kernel/time'
import { SettledFacts } from '#modules/events/contract'
import { Reporting, type Metrics } from '#modules/reporting/contract'
import { RollUp } from '#modules/reporting/services/roll_up'
import { Dice } from '#tests/support/dice'
import { recount } from '#tests/support/naive_recount'
import { deliveryWorld, randomHistory, type DeliveryWorld } from '#tests/support/report_world'

const PAGE = 40
const HOUR_MS = 3_600_000
const from = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS
const to = from + 2 * HOUR_MS

/** Dies once in a while: before its effects, after them, or after the cursor moved but before the commit. */
class MortalCursors extends Cursors {
  deaths = 0
  constructor(
    tenancy: Tenancy,
    private readonly dice: Dice
  ) {
    super(tenancy)
  }
  override advance(module: string, move: CursorMove, effects: (trx: Transaction) => Promise<unknown>) {
    return super.advance(module, move, async (trx) => {
      if (this.dice.chance(0.2)) this.die()
      await effects(trx)
      if (this.dice.chance(0.2)) this.die()
    })
  }
  private die(): never {
    this.deaths += 1
    throw new Error('dead')
  }
}

async function settledHistory(world: DeliveryWorld, seed: number) {
  const facts = randomHistory(world, new Dice(new SeededRandom(seed)), 500, from, to)
  await world.settle(facts)
  const zone = 'UTC'
  return recount(facts, world.lines, { from, to, zone, granularity: 'total', groups: [], currency: 'EUR' })
    .total
}

async function reported(world: DeliveryWorld): Promise<Partial<Metrics>> {
  const reporting = await app.container.make(Reporting)
  const query = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    granularity: 'total' as const,
  }
  const report = await reporting.delivery(world.principal, query)
  if (!report.ok) throw new Error(report.error.detail)
  const total: Partial<Metrics> = { ...report.value.total }
  delete total.ctr
  delete total.viewableRate
  delete total.conversionValue
  return total
}

test.group('roll-up, exactly once', () => {
  test('transactions that fail anywhere and consumers that run at once change nothing', async ({
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const expected = await settledHistory(world, 11)
    const [tenancy, settled] = [await app.container.make(Tenancy), await app.container.make(SettledFacts)]
    const dice = new Dice(new SeededRandom(5))
    const cursors = [0, 1, 2].map(() => new MortalCursors(tenancy, dice))
    const consumers = cursors.map((one) => new RollUp(settled, one, new SystemClock(), PAGE))
    const runUntilDone = async (rollUp: RollUp): Promise<void> => {
      for (;;) {
        try {
          await rollUp.run()
          return
        } catch (error) {
          if ((error as Error).message !== 'dead') throw error
        }
      }
    }
    await Promise.all(consumers.map(runUntilDone))
    assert.isAbove(
      cursors.reduce((sum, { deaths }) => sum + deaths, 0),
      5
    )
    assert.deepEqual(await reported(world), expected)
    await Promise.all(consumers.map(runUntilDone))
    assert.deepEqual(await reported(world), expected, 'looking again adds nothing')
  }).timeout(60_000)

  test('processes killed with SIGKILL, two at a time, lose nothing and count nothing twice', async ({
    assert,
    cleanup,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    const dice = new Dice(new SeededRandom(9))
    const expected = await settledHistory(world, 12)
    for (let round = 0; round < 3; round++) {
      const children = [1, 2].map(() =>
        spawn(process.execPath, ['--import=@poppinss/ts-exec', 'tests/support/roll_up_process.ts', '10'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
      )
      cleanup(() => children.forEach((child) => void child.kill('SIGKILL')))
      await Promise.all(children.map((child) => once(child.stdout!, 'data')))
      for (const child of children) {
        await pause(20 + dice.below(120))
        child.kill('SIGKILL')
        if (child.signalCode === null) await once(child, 'exit')
        assert.equal(child.signalCode, 'SIGKILL')
      }
    }
    await (await app.container.make(RollUp)).run()
    assert.deepEqual(await reported(world), expected)
  }).timeout(90_000)
})
