import type { BaseSchema } from '@adonisjs/lucid/schema'
import { SYSTEM_ROLE, TENANT_ROLE } from '#config/database_roles'

type Schema = BaseSchema['schema']
export type ErasureClass = 'none' | 'erase' | 'pseudonymise' | 'keep_by_law'
export type Keeping = { readonly retention: string; readonly erasure: ErasureClass; readonly why?: string }

/** Setting that holds the organisation of the running transaction. */
export const ORGANISATION_SETTING = 'placard.organisation'

/**
 * Forces row-level security on a table with an `organisation_id`: the application's role reads and writes only rows
 * of the organisation that the transaction helper has set, the system role reads and writes all. The owner is
 * bound too (FORCE), so a forgotten connection shows nothing rather than everything.
 */
export function forceTenantRows(schema: Schema, table: string): void {
  const own = `organisation_id = nullif(current_setting('${ORGANISATION_SETTING}', true), '')::uuid`
  schema.raw(`alter table ${table} enable row level security`)
  schema.raw(`alter table ${table} force row level security`)
  schema.raw(`create policy tenant_rows on ${table} to ${TENANT_ROLE} using (${own}) with check (${own})`)
  schema.raw(`create policy system_rows on ${table} to ${SYSTEM_ROLE} using (true) with check (true)`)
}

/** Declares how long a table's rows are kept and what an erasure does to them; read back by tests and the data map. */
export function keeps(schema: Schema, table: string, keeping: Keeping): void {
  schema.raw(`comment on table ${table} is '${JSON.stringify(keeping).replaceAll("'", "''")}'`)
}
