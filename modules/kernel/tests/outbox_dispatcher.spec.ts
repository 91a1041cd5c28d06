import { setTimeout as pause } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { appendOutbox, onNews, Outboxes } from '#modules/kernel/outbox'
import { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS } from '#modules/kernel/time'
import { metrics } from '#modules/kernel/metrics'
import {
  createScratchOutbox,
  dispatching,
  newOrganisation,
  SCRATCH,
  SCRATCH_TABLE,
  stored,
  tell,
  told,
} from '#tests/support/scratch_outbox'

const sentOf = async (...of: Parameters<typeof stored>) =>
  (await stored(...of)).map((row) => row.sent_at !== null)

test.group('news from an outbox', (group) => {
  group.each.setup(() => createScratchOutbox())

  test('what was committed while nobody delivered is delivered by the next process, once and in order', async ({
    assert,
  }) => {
    const organisation = newOrganisation()
    await tell(organisation, 1, 2)
    await tell(organisation, 3)
    const { dispatcher, heard, numbers } = await dispatching(undefined, { batch: 2 })
    assert.equal(await dispatcher.run(), 3)
    assert.deepEqual(numbers(), [1, 2, 3])
    assert.deepEqual([...new Set(heard.map((one) => one.organisationId))], [organisation])
    assert.deepEqual(await sentOf(organisation), [true, true, true])
    assert.equal(await dispatcher.run(), 0)
    assert.equal(await (await dispatching()).dispatcher.run(), 0)
  })

  test('a change that is rolled back leaves no news and wakes nobody', async ({ assert, cleanup }) => {
    let wakes = 0
    cleanup(onNews(() => void wakes++))
    const organisation = newOrganisation()
    const tenancy = await app.container.make(Tenancy)
    const refused = tenancy.transaction(organisation, async (trx) => {
      await appendOutbox(trx, SCRATCH, told.of(organisation, { number: 1 }))
      throw new Error('refused')
    })
    await assert.rejects(() => refused, 'refused')
    assert.equal(wakes, 0)
    assert.deepEqual(await stored(organisation), [])
    await tell(organisation, 2)
    assert.equal(wakes, 1)
  })

  test('news whose dispatcher dies between its effect and its mark comes again', async ({ assert }) => {
    const organisation = newOrganisation()
    await tell(organisation, 1, 2)
    const tenancy = await app.container.make(Tenancy)
    const dying = await dispatching(async ({ data }) => {
      if (data.number !== 2) return
      await tenancy.system((trx) =>
        trx.rawQuery(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where usename = current_user and pid <> pg_backend_pid() and state = 'idle in transaction'`
        )
      )
    })
    await assert.rejects(() => dying.dispatcher.run())
    assert.deepEqual(await sentOf(organisation), [false, false])
    const next = await dispatching()
    await next.dispatcher.run()
    assert.deepEqual(next.numbers(), [1, 2])
    assert.deepEqual(
      next.heard.map(({ id }) => id),
      dying.heard.map(({ id }) => id)
    )
  })

  test('news that nobody listens to is done', async ({ assert }) => {
    const organisation = newOrganisation()
    const tenancy = await app.container.make(Tenancy)
    await tenancy.transaction(organisation, (trx) =>
      appendOutbox(trx, SCRATCH, {
        organisationId: organisation,
        name: 'scratch.other',
        version: 9,
        data: {},
      })
    )
    const { dispatcher, heard } = await dispatching()
    assert.equal(await dispatcher.run(), 1)
    assert.deepEqual(heard, [])
    assert.deepEqual(await sentOf(organisation), [true])
  })

  test('news in a newer version than its listener knows waits', async ({ assert }) => {
    const organisation = newOrganisation()
    const tenancy = await app.container.make(Tenancy)
    await tenancy.transaction(organisation, (trx) =>
      appendOutbox(trx, SCRATCH, { ...told.of(organisation, { number: 1 }), version: 2 })
    )
    const { dispatcher, heard, log } = await dispatching()
    assert.equal(await dispatcher.run(), 0)
    assert.deepEqual(heard, [])
    assert.deepEqual(await sentOf(organisation), [false])
    assert.match(String((log[0]!.fields as { err: Error }).err), /version 2, not 1/)
  })

  test('two dispatchers at once deliver each row once, each organisation in order', async ({ assert }) => {
    const organisations = Array.from({ length: 6 }, newOrganisation)
    for (let round = 0; round < 8; round++) {
      await Promise.all(organisations.map((id) => tell(id, ...[1, 2, 3, 4, 5].map((n) => round * 5 + n))))
    }
    const all: { organisationId: string; number: number }[] = []
    const slow = async (news: { organisationId: string; data: { number: number } }) => {
      await pause(Math.random() * 2)
      all.push({ organisationId: news.organisationId, number: news.data.number })
    }
    const both = await Promise.all([dispatching(slow, { batch: 7 }), dispatching(slow, { batch: 5 })])
    const more = organisations.map((id) => tell(id, 41, 42))
    await Promise.all([...both.map(({ dispatcher }) => dispatcher.run()), ...more])
    await Promise.all(both.map(({ dispatcher }) => dispatcher.run()))
    const expected = Array.from({ length: 42 }, (_, index) => index + 1)
    for (const id of organisations) {
      const mine = all.filter((one) => one.organisationId === id).map((one) => one.number)
      assert.deepEqual(mine, expected)
    }
    assert.isTrue(both.every(({ heard }) => heard.length > 0))
  })

  test('a long backlog of one organisation does not hold up the others', async ({ assert }) => {
    const [long, short] = [newOrganisation(), newOrganisation()]
    await tell(long, ...Array.from({ length: 20 }, (_, index) => index))
    await tell(short, 100)
    const { dispatcher, numbers } = await dispatching(undefined, { batch: 5 })
    assert.equal(await dispatcher.run(), 21)
    assert.isAtMost(numbers().indexOf(100), 5)
  })

  test('what was sent is removed after seven days; what was not stays', async ({ assert }) => {
    const [kept, failing] = [newOrganisation(), newOrganisation()]
    await tell(kept, 1)
    await tell(failing, 2)
    const { dispatcher, clock } = await dispatching(async ({ data }) => {
      if (data.number === 2) throw new Error('no')
    })
    await dispatcher.run()
    clock.advance(7 * DAY_MS)
    await dispatcher.run()
    assert.lengthOf(await stored(kept), 1)
    clock.advance(60_000)
    await dispatcher.run()
    assert.lengthOf(await stored(kept), 0)
    assert.lengthOf(await stored(failing), 1)
  })

  test('a tenant sees the news of its own only', async ({ assert }) => {
    const [mine, other] = [newOrganisation(), newOrganisation()]
    await tell(mine, 1)
    await tell(other, 2)
    const tenancy = await app.container.make(Tenancy)
    const seen = await tenancy.transaction(mine, (trx) => trx.from(SCRATCH_TABLE).select('organisation_id'))
    assert.deepEqual(seen, [{ organisation_id: mine }])
  })
})

test.group('news that a listener fails on', (group) => {
  group.each.setup(() => createScratchOutbox())

  test('waits with what follows it in its organisation, is logged once, and others go on', async ({
    assert,
  }) => {
    const [broken, fine] = [newOrganisation(), newOrganisation()]
    await tell(broken, 1, 2, 3)
    await tell(fine, 4)
    let failing = true
    const { dispatcher, numbers, log, clock } = await dispatching(async ({ data }) => {
      if (failing && data.number === 2) throw new Error('down')
    })
    assert.equal(await dispatcher.run(), 2)
    assert.sameMembers(numbers(), [1, 4])
    assert.equal(await dispatcher.run(), 0)
    assert.equal((await stored(broken))[1]!.attempts, 1)
    clock.advance(1_000)
    await dispatcher.run()
    clock.advance(1_999)
    await dispatcher.run()
    assert.equal((await stored(broken))[1]!.attempts, 2)
    assert.lengthOf(log, 1)
    failing = false
    clock.advance(1)
    assert.equal(await dispatcher.run(), 2)
    assert.deepEqual(numbers().slice(-2), [2, 3])
    assert.deepEqual(await sentOf(broken), [true, true, true])
  })

  test('is given up after its attempts, kept and counted, lets others pass, and comes again when asked for', async ({
    assert,
  }) => {
    const organisation = newOrganisation()
    await tell(organisation, 1, 2)
    let failing = true
    const { dispatcher, numbers, log, clock } = await dispatching(
      async ({ data }) => {
        if (failing && data.number === 1) throw new Error('poison')
      },
      { attempts: 3 }
    )
    for (let turn = 0; turn < 5; turn++) {
      await dispatcher.run()
      clock.advance(60_000)
    }
    assert.deepEqual(numbers(), [2])
    assert.deepEqual(await sentOf(organisation), [false, true])
    assert.equal((await stored(organisation))[0]!.attempts, 3)
    assert.lengthOf(log, 2)
    assert.match(log[1]!.message, /given up/)
    assert.include(metrics.text(), `placard_outbox_stuck{module="${SCRATCH}"} 1`)
    failing = false
    assert.equal(await dispatcher.retryStuck(), 1)
    clock.advance(60_000)
    await dispatcher.run()
    assert.deepEqual(numbers(), [2, 1])
    assert.include(metrics.text(), `placard_outbox_stuck{module="${SCRATCH}"} 0`)
  })

  test('a listener that never answers has failed', async ({ assert }) => {
    const organisation = newOrganisation()
    await tell(organisation, 1)
    const { dispatcher, log } = await dispatching(() => new Promise(() => undefined), { handlerMs: 20 })
    assert.equal(await dispatcher.run(), 0)
    assert.equal((await stored(organisation))[0]!.attempts, 1)
    assert.match(String((log[0]!.fields as { err: Error }).err), /within 20 ms/)
  })

  test('a stop lets the row at hand end and leaves the rest', async ({ assert }) => {
    const organisation = newOrganisation()
    await tell(organisation, 1, 2, 3)
    const first = await dispatching(async () => first.dispatcher.stop())
    assert.equal(await first.dispatcher.run(), 1)
    assert.deepEqual(await sentOf(organisation), [true, false, false])
  })
})

test.group('outboxes', () => {
  test('every outbox of the database is delivered', async ({ assert }) => {
    const database = await app.container.make('lucid.db')
    const { rows } = (await database.rawQuery(
      `select relname as name from pg_class where relkind = 'r' and relname like '%\\_outbox'`
    )) as { rows: { name: string }[] }
    const outboxes = await app.container.make(Outboxes)
    assert.sameMembers(
      rows.map(({ name }) => name),
      outboxes.modules.map((module) => `${module}_outbox`)
    )
  })

  test('what is no module has no outbox', ({ assert }) => {
    assert.throws(() => new Outboxes().deliver('a; drop table'), /not the name of a module/)
  })
})
