import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import { growVersion } from '#modules/kernel/records/versions'
import type { ExternalKind } from '#modules/serving/contract'

export type ExternalIdRow = {
  readonly kind: ExternalKind
  readonly key: string
  readonly object: string
  readonly assigned: boolean
}
export type Unnumbered = { readonly kind: ExternalKind; readonly object: string }

const TABLE = 'serving_external_ids'
const COLUMNS = ['kind', 'key', 'object', 'assigned'] as const
/** Parameters of one statement; a first start of a large organisation takes some of them. */
const ROWS_PER_STATEMENT = 5_000

/** Versions of all organisations that have external ids. */
export async function versionsOf(tenancy: Tenancy): Promise<ReadonlyMap<string, string>> {
  const rows = (await tenancy.system((trx) =>
    trx.from('serving_versions').select('organisation_id', 'version')
  )) as { organisation_id: string; version: string }[]
  return new Map(rows.map((row) => [row.organisation_id, row.version]))
}

/** All ids of an organisation: assigned ones first, then the operators' in the order in which they were set. */
export async function rowsOf(tenancy: Tenancy, organisationId: Id<'organisation'>): Promise<ExternalIdRow[]> {
  return tenancy.view(organisationId, (trx) => orderedRows(trx))
}

/** The same within a transaction, perhaps of one kind only. */
export async function orderedRows(trx: Transaction, kind?: ExternalKind): Promise<ExternalIdRow[]> {
  return (await trx
    .from(TABLE)
    .select(...COLUMNS)
    .where(kind === undefined ? {} : { kind })
    .orderBy('assigned', 'desc')
    .orderBy('created_at')
    .orderBy('kind')
    .orderBy('key')) as ExternalIdRow[]
}

/** Gives each object the next free number, once: two processes that see it at the same time make one. */
export async function assignNumbers(
  tenancy: Tenancy,
  organisationId: Id<'organisation'>,
  objects: readonly Unnumbered[]
): Promise<void> {
  for (let from = 0; from < objects.length; from += ROWS_PER_STATEMENT) {
    const chunk = objects.slice(from, from + ROWS_PER_STATEMENT)
    await tenancy.transaction(organisationId, async (trx) => {
      await trx.rawQuery(
        `insert into ${TABLE} (organisation_id, kind, key, object, assigned, created_at)
         select ?::uuid, new.kind, nextval('serving_external_numbers')::text, new.object, true, now()
         from unnest(?::text[], ?::text[]) as new (kind, object)
         where not exists (select 1 from ${TABLE} old
           where old.organisation_id = ?::uuid and old.kind = new.kind and old.object = new.object and old.assigned)
         on conflict do nothing`,
        [organisationId, chunk.map(({ kind }) => kind), chunk.map(({ object }) => object), organisationId]
      )
      await growVersion(trx, 'serving', organisationId)
    })
  }
}
