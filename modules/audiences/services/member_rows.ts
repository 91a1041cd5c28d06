import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'

export type MemberRow = {
  readonly segmentId: string
  readonly ref: Buffer
  readonly epoch: number
  readonly expiresAt: number
}

/**
 * Takes the next version of an organisation and holds it until the commit, so that versions appear in the order of
 * their commits: whoever has read up to one has read all below it. Call it before the rows are written.
 */
export async function nextVersion(trx: Transaction, organisationId: Id<'organisation'>): Promise<string> {
  const { rows } = (await trx.rawQuery(
    `insert into audiences_versions as v (organisation_id, version) values (?, 1)
     on conflict (organisation_id) do update set version = v.version + 1 returning version`,
    [organisationId]
  )) as { rows: { version: string }[] }
  return rows[0]!.version
}

/** Lets people join; who is in already stays until the later of both expiries. Distinct rows only. */
export async function addMembers(
  trx: Transaction,
  organisationId: Id<'organisation'>,
  rows: readonly MemberRow[],
  version: string
): Promise<void> {
  await trx.rawQuery(
    `insert into audiences_members as m (organisation_id, segment_id, subject_ref, epoch, expires_at, revision)
     select ?::uuid, given.segment_id, given.ref, given.epoch, to_timestamp(given.ms / 1000.0), ?::bigint
     from unnest(?::uuid[], ?::bytea[], ?::int[], ?::bigint[]) as given (segment_id, ref, epoch, ms)
     order by given.segment_id, given.ref
     on conflict (organisation_id, segment_id, subject_ref) do update
       set expires_at = greatest(m.expires_at, excluded.expires_at), revision = excluded.revision, told = false`,
    [
      organisationId,
      version,
      rows.map(({ segmentId }) => segmentId),
      rows.map(({ ref }) => ref),
      rows.map(({ epoch }) => epoch),
      rows.map(({ expiresAt }) => Math.round(expiresAt)),
    ] as never
  )
}

/** Lets the people of these references leave: their rows expire, and are deleted when every process knows. */
export async function endMembers(
  trx: Transaction,
  organisationId: Id<'organisation'>,
  segmentId: string | null,
  refs: readonly Buffer[],
  version: string,
  now: number
): Promise<number> {
  const { rowCount } = (await trx.rawQuery(
    `update audiences_members set expires_at = to_timestamp(?::bigint / 1000.0), revision = ?::bigint
     where organisation_id = ?::uuid and subject_ref = any(?::bytea[])
       and (?::uuid is null or segment_id = ?::uuid) and expires_at > to_timestamp(?::bigint / 1000.0)`,
    [now, version, organisationId, refs, segmentId, segmentId, now] as never
  )) as { rowCount: number }
  return rowCount
}

/** Lets everybody leave whom the upload of this version did not name. */
export async function endOthers(
  trx: Transaction,
  organisationId: Id<'organisation'>,
  segmentId: string,
  version: string,
  now: number
): Promise<void> {
  await trx.rawQuery(
    `update audiences_members set expires_at = to_timestamp(?::bigint / 1000.0), revision = ?::bigint
     where organisation_id = ?::uuid and segment_id = ?::uuid and revision < ?::bigint
       and expires_at > to_timestamp(?::bigint / 1000.0)`,
    [now, version, organisationId, segmentId, version, now] as never
  )
}

/** Members of segments in an epoch, by segment. */
export async function countMembers(
  trx: Transaction,
  segmentIds: readonly string[],
  epoch: number,
  now: number
): Promise<Map<string, number>> {
  if (segmentIds.length === 0) return new Map()
  const { rows } = (await trx.rawQuery(
    `select segment_id, count(*)::int as members from audiences_members
     where segment_id = any(?::uuid[]) and epoch = ? and expires_at > ? group by segment_id`,
    [segmentIds, epoch, new Date(now)] as never
  )) as { rows: { segment_id: string; members: number }[] }
  return new Map(rows.map((row) => [row.segment_id, row.members]))
}
