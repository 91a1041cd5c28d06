import type { Transaction } from '#modules/kernel/tenancy'

/** Tables of the migration tool itself. */
const TOOL_TABLES = ['adonis_schema', 'adonis_schema_versions']
const ERASURE_CLASSES = ['none', 'erase', 'pseudonymise', 'keep_by_law']

/** The sentences that the tables of schema `public` break; partitions answer for themselves. */
export async function tableViolations(trx: Transaction): Promise<string[]> {
  const { rows } = await trx.rawQuery(
    `select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced, c.relispartition as partition,
       obj_description(c.oid, 'pg_class') as comment,
       exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id' and a.attnotnull) as owned,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polwithcheck is not null) as policies,
       has_table_privilege('placard_tenant', c.oid, 'select') as readable
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relname = any(?)
     order by c.relname`,
    [TOOL_TABLES]
  )
  return (rows as Row[]).flatMap(violationsOf)
}

type Row = {
  name: string
  secured: boolean
  forced: boolean
  partition: boolean
  comment: string | null
  owned: boolean
  policies: number
  readable: boolean
}

function violationsOf(row: Row): string[] {
  const found: string[] = []
  if (!row.owned) found.push(`${row.name} has no organisation_id that is not null`)
  if (!row.secured || !row.forced) found.push(`${row.name} does not force row-level security`)
  if (row.partition) {
    return row.readable && row.policies === 0
      ? [...found, `${row.name} is a partition that can be read directly`]
      : found
  }
  if (row.policies === 0) found.push(`${row.name} has no policy with a check for what is written`)
  return [...found, ...keepingViolations(row)]
}

function keepingViolations({ name, comment }: Row): string[] {
  if (!comment) return [`${name} says neither retention nor erasure: call keeps() in its migration`]
  let keeping: { retention?: unknown; erasure?: unknown }
  try {
    keeping = JSON.parse(comment) as typeof keeping
  } catch (error) {
    return [`${name} has a comment that keeps() did not write: ${(error as Error).message}`]
  }
  const found: string[] = []
  if (typeof keeping.retention !== 'string' || keeping.retention === '') {
    found.push(`${name} has no retention`)
  }
  if (!ERASURE_CLASSES.includes(String(keeping.erasure))) found.push(`${name} has no erasure class`)
  return found
}
