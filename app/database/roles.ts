import type { Client } from 'pg'
import { SYSTEM_ROLE, TENANT_ROLE, roleName, rolePassword } from '#config/database_roles'

const GROUPS = { app: TENANT_ROLE, system: SYSTEM_ROLE } as const
const RIGHTS = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
/** Another database of the cluster is being prepared this moment: the role exists now, or its row was being changed. */
const RACES = new Set(['42710', '23505', 'XX000', '40001'])
const ATTEMPTS = 5

export type RoleKind = keyof typeof GROUPS

/**
 * Makes the two group roles, which belong to the whole cluster, and the log-in roles of this database with their
 * derived passwords. May run again at any time.
 * @param kinds log-in roles to make; a kind whose URL the operator sets is the operator's to make
 */
export async function ensureRoles(
  client: Client,
  ownerUrl: string,
  appKey: string,
  kinds: RoleKind[]
): Promise<void> {
  for (const group of Object.values(GROUPS)) await ensureRole(client, group, `nologin ${RIGHTS}`)
  for (const kind of kinds) {
    const password = client.escapeLiteral(rolePassword(ownerUrl, kind, appKey))
    const name = roleName(ownerUrl, kind)
    await ensureRole(client, name, `login inherit ${RIGHTS}`)
    await retried(() => client.query(`alter role ${client.escapeIdentifier(name)} password ${password}`))
    await retried(() => client.query(`grant ${GROUPS[kind]} to ${client.escapeIdentifier(name)}`))
  }
}

/**
 * What the two groups may do, table by table; row-level security narrows it to rows. Partitions are left out: they
 * are reached through their parent, whose policies would not hold on a partition named directly. So are Lucid's own
 * tables. For the same reason there are no default privileges: a new table is closed until it is granted here.
 * Functions keep what their migration says (PostgreSQL lets everybody execute unless it is revoked).
 */
export async function grantRights(client: Client): Promise<void> {
  const groups = Object.values(GROUPS).join(', ')
  await client.query('revoke create on schema public from public')
  await client.query(`grant usage on schema public to ${groups}`)
  const { rows } = await client.query<{ name: string; open: boolean }>(`
    select format('%I.%I', n.nspname, c.relname) as name,
           not c.relispartition and c.relname not in ('adonis_schema', 'adonis_schema_versions') as open
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm') and pg_has_role(c.relowner, 'usage')
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')`)
  const named = (open: boolean) =>
    rows
      .filter((row) => row.open === open)
      .map((row) => row.name)
      .join(', ')
  if (named(true)) await client.query(`grant select, insert, update, delete on ${named(true)} to ${groups}`)
  if (named(false)) await client.query(`revoke all on ${named(false)} from ${groups}`)
  await client.query(`grant usage, select on all sequences in schema public to ${groups}`)
}

async function ensureRole(client: Client, name: string, attributes: string): Promise<void> {
  await retried(async () => {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [name])
    if (rowCount === 0) await client.query(`create role ${client.escapeIdentifier(name)} ${attributes}`)
  })
}

async function retried(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
      if (attempt === ATTEMPTS || typeof code !== 'string' || !RACES.has(code)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
    }
  }
}
