import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { Cursors } from '#modules/kernel/cursors'
import { newId } from '#modules/kernel/ids'
import { createCursorTable } from '#modules/kernel/database/cursor_table'
import { Tenancy } from '#modules/kernel/tenancy'
import { SYSTEM_ROLE, TENANT_ROLE } from '#config/database_roles'

const MODULE = 'specimen'

test.group('cursors', (group) => {
  group.setup(async () => {
    const owner = db.connection('owner')
    await owner.transaction(async (trx) => {
      const statements: string[] = []
      const schema = Object.assign(trx.knexClient.schema, { raw: (sql: string) => void statements.push(sql) })
      createCursorTable(schema as never, MODULE)
      await schema
      for (const sql of statements) await trx.rawQuery(sql)
      await trx.rawQuery(
        `grant select, insert, update, delete on ${MODULE}_cursors to ${SYSTEM_ROLE}, ${TENANT_ROLE}`
      )
    })
    return () => owner.rawQuery(`drop table ${MODULE}_cursors`)
  })

  test('a cursor starts at zero, moves with its effects, and stays when they fail', async ({ assert }) => {
    const cursors = await app.container.make(Cursors)
    const name = newId()
    assert.equal(await cursors.position(MODULE, name), 0n)
    assert.isTrue(await cursors.advance(MODULE, { from: 0n, to: 2n ** 60n, name }, async () => undefined))
    const failing = cursors.advance(MODULE, { from: 2n ** 60n, to: 2n ** 61n, name }, () => {
      throw new Error('planted')
    })
    await assert.rejects(() => failing, 'planted')
    assert.equal(await cursors.position(MODULE, name), 2n ** 60n)
  })

  test('of many runs of one page exactly one has effects', async ({ assert }) => {
    const cursors = await app.container.make(Cursors)
    const name = newId()
    let effects = 0
    const runs = Array.from({ length: 6 }, () =>
      cursors.advance(MODULE, { from: 0n, to: 10n, name }, async () => void (effects += 1))
    )
    assert.equal((await Promise.all(runs)).filter(Boolean).length, 1)
    assert.equal(effects, 1)
  })

  test('a cursor never moves back, and a module has a plain name', async ({ assert }) => {
    const cursors = await app.container.make(Cursors)
    await assert.rejects(
      () => cursors.advance(MODULE, { from: 5n, to: 5n }, async () => undefined),
      /cannot move/
    )
    await assert.rejects(() => cursors.position('x; drop table y'), /not the name of a module/)
  })

  test('a tenant sees no cursor', async ({ assert }) => {
    const tenancy = await app.container.make(Tenancy)
    assert.isEmpty(await tenancy.transaction(newId(), (trx) => trx.from(`${MODULE}_cursors`)))
  })
})
