import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'

/**
 * Lets the version of an organisation in `<module>_versions` grow by one. The row stays locked until the commit, so
 * this comes last in a transaction: versions then appear in the order of their commits.
 */
export async function growVersion(
  trx: Transaction,
  module: string,
  organisationId: Id<'organisation'>
): Promise<void> {
  await trx.rawQuery(
    `insert into ${module}_versions as v (organisation_id, version) values (?, 1)
     on conflict (organisation_id) do update set version = v.version + 1`,
    [organisationId]
  )
}
