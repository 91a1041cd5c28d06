import { ORDER_KINDS } from '#modules/events/contract'
import { uuidToBytes } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { StagedFact } from '#modules/events/services/intake'

const KINDS: ReadonlySet<number> = new Set(ORDER_KINDS)
/** Where the time of an id ends: what follows is the order's, the version's four bits besides. */
const TIME_BYTES = 6

type Claim = { readonly fact: StagedFact; readonly name: string; readonly key: Buffer }

/**
 * Lets each order count once for ever: the first valid fact of an order that is settled claims it, every other one is
 * filtered as a duplicate. Call it in the settlement's transaction and under its lock: claims and facts are committed
 * together, so a settler that is killed leaves neither.
 */
export async function claimOrders(trx: Transaction, staged: readonly StagedFact[]): Promise<StagedFact[]> {
  const claims = staged.flatMap((fact) => claimOf(fact))
  if (claims.length === 0) return [...staged]
  const first = new Map<string, Claim>()
  for (const claim of claims) if (!first.has(claim.name)) first.set(claim.name, claim)
  const owners = await store(trx, [...first.values()])
  const late = new Set(
    claims.filter(({ fact, name }) => owners.get(name) !== fact.fact.id).map(({ fact }) => fact)
  )
  return staged.map((fact) => (late.has(fact) ? { ...fact, filter: 'duplicate' } : fact))
}

/** Empty for facts that are no order's, and for invalid ones: a bot takes nobody's order away. */
function claimOf(fact: StagedFact): Claim[] {
  const { id, kind, organisationId } = fact.fact
  if (!KINDS.has(kind) || fact.filter !== null) return []
  const key = uuidToBytes(id).subarray(TIME_BYTES)
  return [{ fact, key, name: nameOf(organisationId, key, kind) }]
}

function nameOf(organisationId: string, key: Buffer, kind: number): string {
  return `${organisationId}|${key.toString('hex')}|${kind}`
}

type Row = { organisation_id: string; order_key: Buffer; kind: number; fact_id: string }

/** Id of the fact that owns each order, by name. */
async function store(trx: Transaction, claims: readonly Claim[]): Promise<Map<string, string>> {
  const values = [
    claims.map(({ fact }) => fact.fact.organisationId),
    claims.map(({ key }) => key),
    claims.map(({ fact }) => fact.fact.kind),
  ]
  await trx.rawQuery(
    `insert into events_orders (organisation_id, order_key, kind, fact_id)
     select * from unnest(?::uuid[], ?::bytea[], ?::smallint[], ?::uuid[])
     on conflict (organisation_id, order_key, kind) do nothing`,
    [...values, claims.map(({ fact }) => fact.fact.id)] as never
  )
  const { rows } = (await trx.rawQuery(
    `select o.* from events_orders o
     join unnest(?::uuid[], ?::bytea[], ?::smallint[]) as asked (organisation_id, order_key, kind)
       using (organisation_id, order_key, kind)`,
    values as never
  )) as { rows: Row[] }
  return new Map(rows.map((row) => [nameOf(row.organisation_id, row.order_key, row.kind), row.fact_id]))
}
