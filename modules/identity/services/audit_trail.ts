import { collection, equals, filterBy, type ListInput } from '#modules/kernel/http/collection'
import { instantJson } from '#modules/kernel/http/instants'
import { instant, name, uuidId } from '#modules/kernel/http/rules'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { Principal } from '#modules/identity/contract'

type AuditRow = {
  id: string
  at: Date
  person_id: string | null
  token_id: string | null
  action: string
  object_type: string
  object_id: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

export const auditList = collection({
  table: 'identity_audit_log',
  sort: { at: 'at' },
  defaultSort: '-at',
  filters: {
    action: equals('action', name(80)),
    objectType: equals('object_type', name(40)),
    objectId: equals('object_id', name(80)),
    personId: equals('person_id', uuidId<'person'>()),
    tokenId: equals('token_id', uuidId<'api_token'>()),
    from: filterBy(instant(), (query, at) => void query.where('at', '>=', new Date(at))),
    to: filterBy(instant(), (query, at) => void query.where('at', '<', new Date(at))),
  },
})

function auditJson(row: AuditRow) {
  return {
    id: row.id,
    at: instantJson(row.at.getTime()),
    personId: row.person_id,
    tokenId: row.token_id,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    before: row.before,
    after: row.after,
  }
}

/** Reads the audit log of the principal's organisation. */
export class AuditTrail {
  constructor(private readonly tenancy: Tenancy) {}

  list({ organisationId }: Principal, input: ListInput) {
    return this.tenancy.transaction(organisationId, (trx) =>
      auditList.page(trx.query<AuditRow>().from('identity_audit_log').select('*'), input, auditJson)
    )
  }
}
