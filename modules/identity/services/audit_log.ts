import type { Actor, AuditEntry, auditRecorded } from '#modules/kernel/audit'
import { newId, type Id } from '#modules/kernel/ids'
import type { DeliveredNews, NewsKind } from '#modules/kernel/outbox'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'

const TABLE = 'identity_audit_log'
/** Entries of one news that ids of their own can be made for. */
const MOST_ENTRIES = 0x10000

type Recorded = typeof auditRecorded extends NewsKind<infer Data> ? Data : never

/** Who stands behind seeding and operators' commands. */
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
  await trx
    .table(TABLE)
    .multiInsert(entries.map((entry) => rowOf(newId<'audit_entry'>(now), actor, entry, now)))
}

/** Takes in what other modules did. */
export class AuditInbox {
  constructor(private readonly tenancy: Tenancy) {}

  /** Appends the entries of one news; safe to repeat, because their ids follow from the id of the news. */
  async take({ id, organisationId, data }: DeliveredNews<Recorded>): Promise<void> {
    const actor = { ...data, organisationId }
    const rows = data.entries.map((entry, index) => rowOf(entryId(id, index), actor, entry, data.at))
    await this.tenancy.transaction(organisationId, (trx) =>
      trx.knexQuery().table(TABLE).insert(rows).onConflict('id').ignore()
    )
  }
}

/** Id of an entry: that of its news with the position in the last 16 bits, which are random otherwise. */
export function entryId(news: Id<'news'>, index: number): Id<'audit_entry'> {
  if (index >= MOST_ENTRIES) throw new RangeError(`news ${news} holds more than ${MOST_ENTRIES} entries`)
  return `${news.slice(0, -4)}${index.toString(16).padStart(4, '0')}` as Id<'audit_entry'>
}

function rowOf(id: Id<'audit_entry'>, actor: Actor, entry: AuditEntry, at: EpochMs) {
  const { action, objectType, objectId, before, after } = entry
  return {
    id,
    organisation_id: actor.organisationId,
    at: new Date(at),
    person_id: actor.personId,
    token_id: actor.tokenId,
    action,
    object_type: objectType,
    object_id: objectId,
    before: before ? JSON.stringify(before) : null,
    after: after ? JSON.stringify(after) : null,
  }
}
