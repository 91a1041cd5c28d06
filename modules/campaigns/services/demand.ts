import { inject } from '@adonisjs/core'
import { Identity, type Organisation, type Principal } from '#modules/identity/contract'
import { invalid } from '#modules/kernel/http/failures'
import type { Money, Nanos } from '#modules/kernel/money'
import { ManagedCollection } from '#modules/kernel/records/managed_collection'
import type { StatusInput } from '#modules/kernel/records/work'
import type { ManagedRecord } from '#modules/kernel/records/managed_record'
import { archived, notFound } from '#modules/kernel/records/refusals'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import Advertiser from '#modules/campaigns/models/advertiser'

/** Advertisers, campaigns, line items and creatives have this in common. */
@inject()
export abstract class Demand<
  Row extends ManagedRecord,
  Input extends StatusInput,
  Gathered = void,
> extends ManagedCollection<Row, Input, Principal, Gathered> {
  protected readonly module = 'campaigns'

  constructor(
    tenancy: Tenancy,
    clock: Clock,
    protected identity: Identity
  ) {
    super(tenancy, clock)
  }

  protected async organisation(caller: Principal): Promise<Organisation> {
    const organisation = await this.identity.organisation(caller.organisationId)
    if (!organisation) throw notFound('organisation')
    return organisation
  }
}

/** Advertisers that a principal is limited to; null = all of the organisation. */
export function advertisersOf(principal: Pick<Principal, 'parties'>): string[] | null {
  if (principal.parties === null) return null
  return principal.parties.filter((party) => party.type === 'advertiser').map((party) => party.id)
}

/** The advertiser that a new object links to; 404 when it is not the caller's, 409 when it is archived. */
export async function advertiserFor(
  trx: Transaction,
  caller: Principal,
  id: Advertiser['id']
): Promise<Advertiser> {
  const own = advertisersOf(caller)
  const advertiser = own && !own.includes(id) ? null : await Advertiser.find(id, { client: trx })
  if (!advertiser) throw notFound('advertiser', 'advertiserId')
  if (advertiser.status === 'archived') throw archived('advertiser', 'advertiserId')
  return advertiser
}

/** Nanos of an amount in the organisation's currency; null clears. 422 names another currency. */
export function ownCurrency(
  organisation: Pick<Organisation, 'currency'>,
  money: Money | null,
  field: string
): Nanos | null {
  if (money === null) return null
  if (money.currency === organisation.currency) return money.nanos
  throw invalid(
    `${field}.currency`,
    'currency',
    `The ${field}.currency field must be ${organisation.currency}, not ${money.currency}: an organisation sells in one currency`
  )
}
