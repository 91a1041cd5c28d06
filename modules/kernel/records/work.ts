/** What a change of managed objects is made of. */
import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import type { Id } from '#modules/kernel/ids'
import type { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'

/** Who asks, as far as rows depend on it; a `Principal` of identity is one. */
export type Caller = {
  readonly organisationId: Id<'organisation'>
  readonly personId: string | null
  readonly tokenId: string | null
  readonly parties: readonly { readonly type: string; readonly id: string }[] | null
}
export type StatusInput = { status?: string; statusReason?: string | null }
export type Query<Row extends ManagedRecord> = ModelQueryBuilderContract<LucidModel & (new () => Row), Row>
/** One running change: its transaction, who makes it, when, and what was gathered before it began. */
export type Work<Who extends Caller, Gathered> = {
  readonly trx: Transaction
  readonly caller: Who
  readonly now: EpochMs
  readonly gathered: Gathered
}
