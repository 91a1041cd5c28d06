import { collection, type ListInput } from '#modules/kernel/http/collection'
import { invalid, notFound } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import type { Principal } from '#modules/identity/contract'
import { appendAudit } from '#modules/identity/services/audit_log'
import { organisationFrom, type OrganisationRow } from '#modules/identity/services/local_identity'

export const organisationList = collection({
  table: 'identity_organisations',
  sort: { name: { sql: 'lower(identity_organisations.name)' }, createdAt: 'created_at' },
  defaultSort: 'name',
})

export type OrganisationChange = { name?: string; timeZone?: string; currency?: string }

export function organisationJson(row: OrganisationRow) {
  const { createdAt, ...organisation } = organisationFrom(row)
  return { ...organisation, createdAt: instantJson(createdAt) }
}

/** The organisation of the principal; no other one exists for it. */
export class Organisations {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock
  ) {}

  list({ organisationId }: Principal, input: ListInput) {
    return this.tenancy.transaction(organisationId, (trx) =>
      organisationList.page(
        trx.query<OrganisationRow>().from('identity_organisations').select('*'),
        input,
        organisationJson
      )
    )
  }

  async show({ organisationId }: Principal, id: string) {
    const row = await this.tenancy.transaction(organisationId, (trx) =>
      trx.query<OrganisationRow>().from('identity_organisations').where('id', id).first()
    )
    if (!row) throw notFound('organisation')
    return organisationJson(row)
  }

  /** Changes name and time zone. The currency is fixed: prices, budgets and the ledger are written in it. */
  async update(principal: Principal, id: string, change: OrganisationChange) {
    const now = this.clock.now()
    return this.tenancy.transaction(principal.organisationId, async (trx) => {
      const query = trx.query<OrganisationRow>().from('identity_organisations').where('id', id)
      const row = await query.clone().forUpdate().first()
      if (!row) throw notFound('organisation')
      if (change.currency !== undefined && change.currency !== row.currency) {
        throw invalid(
          'currency',
          'fixed',
          `The currency field cannot be changed; the organisation sells in ${row.currency}.`
        )
      }
      const after = { name: change.name ?? row.name, time_zone: change.timeZone ?? row.time_zone }
      if (after.name === row.name && after.time_zone === row.time_zone) return organisationJson(row)
      await query.clone().update({ ...after, updated_at: new Date(now) })
      const words = ({ name, time_zone: timeZone }: { name: string; time_zone: string }) => ({
        name,
        timeZone,
      })
      await appendAudit(
        trx,
        principal,
        [
          {
            action: 'organisation.updated',
            objectType: 'organisation',
            objectId: id,
            before: words(row),
            after: words(after),
          },
        ],
        now
      )
      return organisationJson({ ...row, ...after })
    })
  }
}
