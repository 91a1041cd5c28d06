import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { createWorld, type World } from '#tests/support/world'

const TABLES = [
  'identity_organisations',
  'identity_people',
  'identity_memberships',
  'identity_api_tokens',
  'identity_refresh_tokens',
  'identity_audit_log',
  'identity_login_attempts',
  'identity_idempotency_keys',
  'identity_outbox',
]

async function fullWorld(client: import('@japa/api-client').ApiClient): Promise<World> {
  const world = await createWorld()
  await client.post('/api/v1/auth/login').json({ email: world.owner.email, password: world.owner.password })
  const key = { 'idempotency-key': newId() }
  await client
    .patch(`/api/v1/organisations/${world.organisation.id}`)
    .bearerToken(world.token)
    .headers(key)
    .json({ name: 'Named' })
  return world
}
const countOf = async (trx: Transaction, table: string, where: Record<string, unknown> = {}) =>
  Number((await trx.from(table).where(where).count('* as rows'))[0].rows)

test.group('row-level security', () => {
  test('the application’s role sees no row of any table before an organisation is set', async ({
    assert,
    client,
  }) => {
    await fullWorld(client)
    const database = await app.container.make('lucid.db')
    for (const table of TABLES) {
      const rows = await database.connection('app').from(table).count('* as rows')
      assert.equal(Number(rows[0].rows), 0, table)
    }
  })

  test('with an organisation set it sees the rows of that one only', async ({ assert, client }) => {
    const [world, other] = [await fullWorld(client), await fullWorld(client)]
    const tenancy = await app.container.make(Tenancy)
    for (const table of TABLES.filter((name) => name !== 'identity_login_attempts')) {
      await tenancy.transaction(world.organisation.id, async (trx) => {
        assert.isAbove(await countOf(trx, table), 0, table)
        assert.equal(await countOf(trx, table, { organisation_id: other.organisation.id }), 0, table)
      })
    }
  })

  test('the setting of one transaction is gone in the next on the same connection', async ({
    assert,
    client,
  }) => {
    const world = await fullWorld(client)
    const tenancy = await app.container.make(Tenancy)
    const database = await app.container.make('lucid.db')
    await Promise.all(
      Array.from({ length: 20 }, () =>
        tenancy.transaction(world.organisation.id, (trx) => countOf(trx, 'identity_people'))
      )
    )
    for (let connection = 0; connection < 20; connection++) {
      assert.equal(
        Number((await database.connection('app').from('identity_people').count('* as rows'))[0].rows),
        0
      )
    }
  })

  test('a row of another organisation cannot be written, changed or taken over', async ({
    assert,
    client,
  }) => {
    const [world, other] = [await fullWorld(client), await fullWorld(client)]
    const tenancy = await app.container.make(Tenancy)
    const membership = {
      id: newId(),
      organisation_id: other.organisation.id,
      person_id: world.owner.id,
      role: 'owner',
      created_at: new Date(),
    }
    await assert.rejects(
      () =>
        tenancy.transaction(world.organisation.id, (trx) =>
          trx.table('identity_memberships').insert(membership)
        ),
      /row-level security/
    )
    await assert.rejects(
      () =>
        tenancy.transaction(world.organisation.id, (trx) =>
          trx.from('identity_memberships').update({ organisation_id: other.organisation.id })
        ),
      /row-level security/
    )
    const touched = await tenancy.transaction(world.organisation.id, (trx) =>
      trx.from('identity_people').where('id', other.owner.id).update({ name: 'Mallory' })
    )
    assert.equal(Number(touched), 0)
    await assert.rejects(
      () =>
        tenancy.transaction(world.organisation.id, (trx) =>
          trx.rawQuery('set local row_security = off').then(() => trx.from('identity_people'))
        ),
      /row-level security/
    )
  })

  test('the owner of the tables is bound too', async ({ assert, client }) => {
    await fullWorld(client)
    const database = await app.container.make('lucid.db')
    const rows = await database.connection('owner').from('identity_people').count('* as rows')
    assert.equal(Number(rows[0].rows), 0)
  })
})

test.group('the audit log', () => {
  test('is append-only for every role: {role}')
    .with([{ role: 'app' }, { role: 'system' }])
    .run(async ({ assert, client }, { role }) => {
      const world = await fullWorld(client)
      const tenancy = await app.container.make(Tenancy)
      const run = <T>(work: (trx: Transaction) => Promise<T>) =>
        role === 'app' ? tenancy.transaction(world.organisation.id, work) : tenancy.system(work)
      const own = (trx: Transaction) =>
        trx.from('identity_audit_log').where('organisation_id', world.organisation.id)
      await assert.rejects(() => run((trx) => own(trx).update({ action: 'nothing.happened' })), /append-only/)
      await assert.rejects(() => run((trx) => own(trx).delete()), /append-only/)
      await assert.rejects(
        () => run((trx) => trx.rawQuery('truncate identity_audit_log')),
        /permission denied|append-only/
      )
    })

  test('rows older than two years go by the system’s clean-up, not by the application', async ({
    assert,
  }) => {
    const world = await createWorld()
    const tenancy = await app.container.make(Tenancy)
    const old = {
      id: newId(),
      organisation_id: world.organisation.id,
      at: new Date(Date.now() - 800 * 86_400_000),
      action: 'x',
      object_type: 'x',
      object_id: 'x',
    }
    await tenancy.transaction(world.organisation.id, (trx) => trx.table('identity_audit_log').insert(old))
    await assert.rejects(
      () =>
        tenancy.transaction(world.organisation.id, (trx) =>
          trx.from('identity_audit_log').where('id', old.id).delete()
        ),
      /append-only/
    )
    assert.equal(
      Number(await tenancy.system((trx) => trx.from('identity_audit_log').where('id', old.id).delete())),
      1
    )
  })
})
