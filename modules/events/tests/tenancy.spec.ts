import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { INSTALLATION, newId } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { utcDay } from '#modules/kernel/time'
import { settlementWorld } from '#tests/support/settlements'

const DAY_MS = 86_400_000

test.group('tenancy of events', () => {
  test('a tenant reads its own settled facts and no others', async ({ assert, test: self }) => {
    const mine = await settlementWorld(self)
    const theirs = await settlementWorld(self)
    for (const world of [mine, theirs]) {
      await world.log().append(world.fact())
      await world.settlement().run()
    }
    const rows = await mine.tenancy.transaction(mine.organisationId, (trx) =>
      trx.from('events_settled').select('organisation_id')
    )
    assert.deepEqual(rows, [{ organisation_id: mine.organisationId }])
  })

  test('a tenant cannot change settled facts, not even its own')
    .with([
      { sql: 'update events_settled set price = 0', refused: false },
      { sql: 'delete from events_settled', refused: false },
      { sql: 'insert into events_settled select * from events_settled', refused: true },
    ])
    .run(async ({ assert, test: self }, { sql, refused }) => {
      const world = await settlementWorld(self)
      const fact = world.fact()
      await world.log().append(fact)
      await world.settlement().run()
      const change = () => world.tenancy.transaction(world.organisationId, (trx) => trx.rawQuery(sql))
      if (refused) await assert.rejects(change, /row-level security/)
      else assert.equal(((await change()) as { rowCount: number }).rowCount, 0)
      assert.deepEqual(
        (await world.settled()).map(({ id, price }) => [id, price]),
        [[fact.id, fact.price]]
      )
    })

  test('{table} shows a tenant nothing')
    .with([{ table: 'events_keys' }, { table: 'events_log_positions' }, { table: 'events_batches' }])
    .run(async ({ assert }, { table }) => {
      const tenancy = await app.container.make(Tenancy)
      assert.isEmpty(await tenancy.transaction(newId(), (trx) => trx.from(table)))
    })

  test('nobody becomes the installation as a tenant', async ({ assert }) => {
    const tenancy = await app.container.make(Tenancy)
    await assert.rejects(() => tenancy.transaction(INSTALLATION, async () => undefined), /not a tenant/)
  })

  test('a partition is closed to everybody who names it', async ({ assert, test: self }) => {
    const world = await settlementWorld(self)
    await world.log().append(world.fact())
    await world.settlement().run()
    const name = `events_settled_${utcDay(Date.now() - 1_000).replaceAll('-', '')}`
    for (const run of [
      () => world.tenancy.system((trx) => trx.rawQuery(`select * from ${name}`)),
      () => world.tenancy.transaction(world.organisationId, (trx) => trx.rawQuery(`select * from ${name}`)),
    ]) {
      await assert.rejects(run, /permission denied/)
    }
    const flags = await world.tenancy.system((trx) =>
      trx.rawQuery('select relrowsecurity, relforcerowsecurity from pg_class where relname = ?', [name])
    )
    assert.deepEqual((flags as { rows: unknown[] }).rows, [
      { relrowsecurity: true, relforcerowsecurity: true },
    ])
  })

  test('the partition function makes one of a day however many ask, none of an absurd day, none for tenants', async ({
    assert,
  }) => {
    const tenancy = await app.container.make(Tenancy)
    const day = utcDay(Date.now() + 200 * DAY_MS + Math.floor(Math.random() * 190) * DAY_MS)
    const ensure = (wanted: string) =>
      tenancy.system((trx) => trx.rawQuery('select events_ensure_settled_day(?::date)', [wanted]))
    await Promise.all(Array.from({ length: 5 }, () => ensure(day)))
    for (const absurd of ['1970-01-01', '9999-12-31', '0044-03-15 BC']) {
      await assert.rejects(() => ensure(absurd), /more than 400 days from today/)
    }
    const asTenant = tenancy.transaction(newId(), (trx) =>
      trx.rawQuery('select events_ensure_settled_day(?::date)', [day])
    )
    await assert.rejects(() => asTenant, /permission denied/)
  })
})
