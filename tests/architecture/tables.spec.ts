import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import type { Transaction } from '#modules/kernel/tenancy'
import { tableViolations } from '#tests/architecture/tables'

class RollBack extends Error {}

/** Runs as the owner, who may plant tables, and leaves nothing behind. */
async function planted(statements: string[], look: (trx: Transaction) => Promise<void>): Promise<void> {
  const database = await app.container.make('lucid.db')
  try {
    await database.connection('owner').transaction(async (trx) => {
      for (const statement of statements) await trx.rawQuery(statement)
      await look(trx)
      throw new RollBack()
    })
  } catch (error) {
    if (!(error instanceof RollBack)) throw error
  }
}

const KEEPS = `comment on table planted is '{"retention":"1 day","erasure":"none"}'`
const FORCED = [
  'alter table planted enable row level security',
  'alter table planted force row level security',
]
const POLICY = 'create policy p on planted using (true) with check (true)'

test.group('tables', () => {
  test('every table has an organisation, forced row-level security, a retention and an erasure class', async ({
    assert,
  }) => {
    await planted([], async (trx) => assert.deepEqual(await tableViolations(trx), []))
  })

  test('the rule catches a table {name}')
    .with([
      {
        name: 'without an organisation',
        statements: ['create table planted (id int)', ...FORCED, POLICY, KEEPS],
        words: 'organisation_id',
      },
      {
        name: 'without row-level security',
        statements: ['create table planted (organisation_id uuid not null)', POLICY, KEEPS],
        words: 'force row-level security',
      },
      {
        name: 'whose owner walks around it',
        statements: ['create table planted (organisation_id uuid not null)', FORCED[0]!, POLICY, KEEPS],
        words: 'force row-level security',
      },
      {
        name: 'without a policy for writes',
        statements: [
          'create table planted (organisation_id uuid not null)',
          ...FORCED,
          'create policy p on planted using (true)',
          KEEPS,
        ],
        words: 'check',
      },
      {
        name: 'without a retention',
        statements: ['create table planted (organisation_id uuid not null)', ...FORCED, POLICY],
        words: 'retention',
      },
      {
        name: 'with an unknown erasure class',
        statements: [
          'create table planted (organisation_id uuid not null)',
          ...FORCED,
          POLICY,
          `comment on table planted is '{"retention":"1 day","erasure":"maybe"}'`,
        ],
        words: 'erasure class',
      },
    ])
    .run(async ({ assert }, { statements, words }) => {
      await planted(statements, async (trx) => {
        const found = await tableViolations(trx)
        assert.lengthOf(found, 1)
        assert.include(found[0], 'planted')
        assert.include(found[0], words)
      })
    })

  test('a table that keeps the rules passes', async ({ assert }) => {
    await planted(
      ['create table planted (organisation_id uuid not null)', ...FORCED, POLICY, KEEPS],
      async (trx) => {
        assert.deepEqual(await tableViolations(trx), [])
      }
    )
  })
})
