import { BaseEvent } from '@adonisjs/core/events'
import type { Id } from '#modules/kernel/ids'
import { NewsKind } from '#modules/kernel/outbox'
import type { EpochMs } from '#modules/kernel/time'

export type OrganisationField = 'name' | 'timeZone'

/** Name or time zone of an organisation changed; ask identity for the new ones. Comes at least once. Version 1. */
export class OrganisationUpdated extends BaseEvent {
  static readonly kind = new NewsKind<{ changed: readonly OrganisationField[]; at: EpochMs }>(
    'organisation.updated'
  )

  constructor(
    readonly organisationId: Id<'organisation'>,
    readonly changed: readonly OrganisationField[],
    readonly at: EpochMs
  ) {
    super()
  }
}
