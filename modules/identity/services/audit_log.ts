import { newId } from '#modules/kernel/ids'
import type { Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import type { AuditEntry, Principal } from '#modules/identity/contract'

/** Who did it. Both null: the installation itself (seeding, operators' commands). */
export type Actor = Pick<Principal, 'organisationId' | 'personId' | 'tokenId'>

export function installation(organisationId: Id<'organisation'>): Actor {
  return { organisationId, personId: null, tokenId: null }
}

/** Appends to the audit log inside the transaction of the change. No entries: nothing happens. */
export async function appendAudit(
  trx: Transaction,
  actor: Actor,
  entries: readonly AuditEntry[],
  now: EpochMs
): Promise<void> {
  if (entries.length === 0) return
  await trx.table('identity_audit_log').multiInsert(
    entries.map(({ action, objectType, objectId, before, after }) => ({
      id: newId<'audit_entry'>(now),
      organisation_id: actor.organisationId,
      at: new Date(now),
      person_id: actor.personId,
      token_id: actor.tokenId,
      action,
      object_type: objectType,
      object_id: objectId,
      before: before ? JSON.stringify(before) : null,
      after: after ? JSON.stringify(after) : null,
    }))
  )
}
