import type { PartyLookup } from '#modules/identity/contract'
import type { Tenancy } from '#modules/kernel/tenancy'

/** Which advertisers exist, for memberships that are limited to some; archived ones do. The ids are UUIDs. */
export function advertiserLookup(tenancy: () => Promise<Tenancy>): PartyLookup {
  return async (organisationId, ids) =>
    (await tenancy()).transaction(organisationId, async (trx) => {
      const rows = (await trx
        .from('campaigns_advertisers')
        .whereIn('id', [...ids])
        .select('id')) as { id: string }[]
      return new Set(rows.map(({ id }) => id))
    })
}
