import { truncate, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import type { Transaction } from '#modules/kernel/tenancy'
import { Tenancy } from '#modules/kernel/tenancy'
import type { SettledFact } from '#modules/events/contract'
import type { Intake } from '#modules/events/services/intake'
import { segmentName } from '#modules/events/services/log/directory'
import { LogSettlement } from '#modules/events/services/settlement'
import { SettlementRunner } from '#modules/events/services/settlement_runner'
import { settlementWorld } from '#tests/support/settlements'

const once = (facts: readonly SettledFact[]) =>
  facts.filter((fact) => fact.filter === null).map(({ id }) => id)

/** Stops once, before or after the facts are stored in the transaction. */
class StoppedOnce extends LogSettlement {
  stopAt: 'before' | 'after' | null = null
  protected override async store(trx: Transaction, intake: Intake) {
    if (this.stopAt === 'before') throw this.stop()
    const settled = await super.store(trx, intake)
    if (this.stopAt === 'after') throw this.stop()
    return settled
  }
  private stop(): Error {
    this.stopAt = null
    return new Error('planted stop')
  }
}

/** A database that is away for the first `failures` transactions. */
class AwayFor extends Tenancy {
  constructor(
    private readonly real: Tenancy,
    private failures: number
  ) {
    super(undefined as never)
  }
  override system<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    if (this.failures-- > 0) return Promise.reject(new Error('planted: connection refused'))
    return this.real.system(work)
  }
}

test.group('settlement and faults', () => {
  test('stopped {when} storing, the next run settles everything once')
    .with([{ when: 'before' as const }, { when: 'after' as const }])
    .run(async ({ assert, test: self }, { when }) => {
      const world = await settlementWorld(self)
      const log = world.log()
      const settlement = new StoppedOnce(world.parts({ factsPerBatch: 2 }))
      const facts = Array.from({ length: 5 }, () => world.fact())
      for (const fact of facts.slice(0, 2)) await log.append(fact)
      await settlement.run()
      for (const fact of facts.slice(2)) await log.append(fact)
      settlement.stopAt = when
      await assert.rejects(() => settlement.run(), 'planted stop')
      assert.lengthOf(await world.settled(), 2)
      assert.equal(await settlement.run(), 3)
      assert.deepEqual(
        once(await world.settled()),
        facts.map(({ id }) => id)
      )
      assert.lengthOf(await world.settled(), 5)
    })

  test('killed in PostgreSQL between facts and commit, everything is settled once', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const facts = Array.from({ length: 20 }, () => world.fact())
    for (const fact of facts) await log.append(fact)
    class Killed extends LogSettlement {
      kills = 0
      protected override async store(trx: Transaction, intake: Intake) {
        const settled = await super.store(trx, intake)
        if (this.kills++ === 0) await trx.rawQuery('select pg_terminate_backend(pg_backend_pid())')
        return settled
      }
    }
    const settlement = new Killed(world.parts())
    await assert.rejects(() => settlement.run())
    assert.isEmpty(await world.settled())
    await settlement.run()
    assert.equal(settlement.kills, 2)
    assert.deepEqual(
      once(await world.settled()),
      facts.map(({ id }) => id)
    )
  })

  test('a commit that was not heard of is not done again', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const fact = world.fact()
    await log.append(fact)
    class Deaf extends Tenancy {
      override async system<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
        await world.tenancy.system(work)
        throw new Error('planted: connection lost after commit')
      }
    }
    await assert.rejects(() => world.settlement({ tenancy: new Deaf(undefined as never) }).run(), /planted/)
    assert.equal(await world.settlement().run(), 0)
    assert.deepEqual(
      (await world.settled()).map(({ id, count }) => [id, count]),
      [[fact.id, 1]]
    )
  })

  test('two settlers at once settle each fact once, and a reader in order misses none', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const logs = [world.log({ segmentBytes: 20_000 }), world.log(), world.log()]
    const facts = Array.from({ length: 600 }, () => world.fact())
    const settlers = [world.settlement({ factsPerBatch: 37 }), world.settlement({ factsPerBatch: 53 })]
    let isOver = false
    let settled = false
    const settling = settlers.map(async (settler) => {
      while (!isOver) await settler.run(() => !isOver)
      await settler.run()
    })
    const seen: string[] = []
    const reading = (async () => {
      let after = world.start
      for (let last = false; ;) {
        const page = await world.reader.after(after, 29)
        seen.push(...once(page.filter((fact) => fact.organisationId === world.organisationId)))
        if (page.length > 0) after = page.at(-1)!.seq
        else if (last) return
        else last = settled
      }
    })()
    for (let at = 0; at < facts.length; at += 10) {
      await Promise.all(facts.slice(at, at + 10).map((fact, index) => logs[index % 3]!.append(fact)))
    }
    isOver = true
    await Promise.all(settling)
    settled = true
    await reading
    assert.sameMembers(
      seen,
      facts.map(({ id }) => id)
    )
    assert.lengthOf(seen, facts.length)
    assert.lengthOf(await world.settled(), facts.length)
  })

  test('a dead log is settled to its torn end and removed', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const facts = Array.from({ length: 4 }, () => world.fact())
    for (const fact of facts) await log.append(fact)
    await log.close()
    const file = join(world.dir, log.id, segmentName(1))
    await truncate(file, (await stat(file)).size - 1)
    assert.equal(await world.settlement().run(), 3)
    assert.deepEqual(
      once(await world.settled()),
      facts.slice(0, 3).map(({ id }) => id)
    )
    assert.isEmpty(await world.letters())
    await assert.rejects(() => stat(join(world.dir, log.id)))
  })

  test('while PostgreSQL is away the runner shows the lag, and catches up alone', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const log = world.log()
    const parts = world.parts({ tenancy: new AwayFor(world.tenancy, 2) })
    let told = 0
    const failures: unknown[] = []
    const runner = new SettlementRunner(new LogSettlement(parts), parts.metrics, {
      onSettled: (count) => void (told += count),
      onFailure: (error) => failures.push(error),
    })
    const fact = world.fact({ receivedAt: (Date.now() - 30_000) as never })
    await log.append(fact)
    runner.start()
    await until(() => failures.length > 0)
    assert.isAtLeast(parts.metrics.lagSeconds.value, 30)
    await until(() => told > 0)
    assert.lengthOf(failures, 2)
    assert.equal(parts.metrics.settlementFailures.value, 2)
    const last = world.fact()
    await log.append(last)
    await log.close()
    await runner.stop()
    assert.deepEqual(once(await world.settled()), [fact.id, last.id])
    assert.equal(parts.metrics.lagSeconds.value, 0)
  })
})

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 200) throw new Error('waited for 10 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
