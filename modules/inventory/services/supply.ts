import { inject } from '@adonisjs/core'
import { Identity, type Principal } from '#modules/identity/contract'
import { ManagedCollection } from '#modules/kernel/records/managed_collection'
import type { StatusInput } from '#modules/kernel/records/work'
import type { ManagedRecord } from '#modules/kernel/records/managed_record'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'

/** Publishers, sites and placements have this in common. */
@inject()
export abstract class Supply<
  Row extends ManagedRecord,
  Input extends StatusInput,
  Gathered = void,
> extends ManagedCollection<Row, Input, Principal, Gathered> {
  protected readonly module = 'inventory'

  constructor(
    tenancy: Tenancy,
    clock: Clock,
    protected identity: Identity
  ) {
    super(tenancy, clock)
  }
}

/** Publishers that a principal is limited to; null = all of the organisation. */
export function publishersOf(principal: Principal): string[] | null {
  if (principal.parties === null) return null
  return principal.parties.filter((party) => party.type === 'publisher').map((party) => party.id)
}
