import { collection, type ListInput } from '#modules/kernel/http/collection'
import { conflict, notFound } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import { appendOutbox } from '#modules/kernel/outbox'
import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock, EpochMs } from '#modules/kernel/time'
import type { Principal } from '#modules/identity/contract'
import { OrganisationUpdated, type OrganisationField } from '#modules/identity/events'
import { appendAudit } from '#modules/identity/services/audit_log'
import { organisationFrom, type OrganisationRow } from '#modules/identity/services/local_identity'

export const organisationList = collection({
  table: 'identity_organisations',
  sort: { name: { sql: 'lower(identity_organisations.name)' }, createdAt: 'created_at' },
  defaultSort: 'name',
})

const FIELDS: readonly OrganisationField[] = ['name', 'timeZone']

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

  /**
   * Changes name and time zone. The currency is fixed from the beginning, priced objects or not: prices, budgets and the
   * ledger are written in it, and a price may be on its way while somebody looks whether there is one.
   */
  async update(principal: Principal, id: string, change: OrganisationChange) {
    const now = this.clock.now()
    return this.tenancy.transaction(principal.organisationId, async (trx) => {
      const query = trx.query<OrganisationRow>().from('identity_organisations').where('id', id)
      const row = await query.clone().forUpdate().first()
      if (!row) throw notFound('organisation')
      if (change.currency !== undefined && change.currency !== row.currency) throw currencyFixed(row)
      const before = { name: row.name, timeZone: row.time_zone }
      const after = { name: change.name ?? row.name, timeZone: change.timeZone ?? row.time_zone }
      const changed = FIELDS.filter((field) => before[field] !== after[field])
      if (changed.length === 0) return organisationJson(row)
      const columns = { name: after.name, time_zone: after.timeZone }
      await query.clone().update({ ...columns, updated_at: new Date(now) })
      const act = { action: 'organisation.updated', objectType: 'organisation', objectId: id }
      const pick = (from: typeof after) => Object.fromEntries(changed.map((field) => [field, from[field]]))
      await appendAudit(trx, principal, [{ ...act, before: pick(before), after: pick(after) }], now)
      await tell(trx, row.id, changed, now)
      return organisationJson({ ...row, ...columns })
    })
  }
}

function currencyFixed({ currency }: OrganisationRow) {
  const detail = `The currency of an organisation cannot be changed; this one sells in ${currency}.`
  return conflict('E_CURRENCY_FIXED', detail, 'currency')
}

function tell(trx: Transaction, id: Id<'organisation'>, changed: readonly OrganisationField[], at: EpochMs) {
  return appendOutbox(trx, 'identity', OrganisationUpdated.kind.of(id, { changed, at }))
}
