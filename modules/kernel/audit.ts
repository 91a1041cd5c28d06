/** How any module says what it changed: as news in its own outbox, which identity takes into the audit log. */
import type { Id } from '#modules/kernel/ids'
import { appendOutbox, NewsKind } from '#modules/kernel/outbox'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'

/** One act on one object. `before` and `after` hold only changed fields, as JSON, without personal data. */
export type AuditEntry = {
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly before?: Record<string, unknown> | null
  readonly after?: Record<string, unknown> | null
}

/** Who did it; a `Principal` of identity is one. Neither person nor token: the installation itself. */
export type Actor = {
  readonly organisationId: Id<'organisation'>
  readonly personId: string | null
  readonly tokenId: string | null
}

export const auditRecorded = new NewsKind<{
  readonly at: EpochMs
  readonly personId: string | null
  readonly tokenId: string | null
  readonly entries: readonly AuditEntry[]
}>('audit.recorded')

/**
 * Leaves entries for the audit log in the transaction of the change, so both are kept or neither; they can be read
 * there within a second. What nobody did (seeding, operators) leaves none.
 *
 * @param module whose outbox takes it
 * @param at     when it was done; the time of the entries
 */
export async function recordAudit(
  trx: Transaction,
  module: string,
  { organisationId, personId, tokenId }: Actor,
  entries: readonly AuditEntry[],
  at: EpochMs
): Promise<void> {
  if (entries.length === 0 || (personId === null && tokenId === null)) return
  await appendOutbox(trx, module, auditRecorded.of(organisationId, { at, personId, tokenId, entries }))
}
