import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { partyRefused } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Advertiser from '#modules/campaigns/models/advertiser'
import { advertisersOf, Demand } from '#modules/campaigns/services/demand'
import type { AdvertiserInput } from '#modules/campaigns/validators/inputs'
import { advertiserLists } from '#modules/campaigns/validators/lists'

@inject()
export default class Advertisers extends Demand<Advertiser, AdvertiserInput> {
  protected readonly kind = 'advertiser'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = advertiserLists

  protected query(trx: Transaction) {
    return Advertiser.query({ client: trx })
  }
  protected blank() {
    return new Advertiser()
  }
  protected scope(query: Query<Advertiser>, caller: Principal) {
    const own = advertisersOf(caller)
    return own === null ? query : query.whereIn('id', own)
  }

  protected async represent(_trx: Transaction, rows: readonly Advertiser[]) {
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      domain: row.domain,
      appendClickToken: row.appendClickToken,
      oneAdPerPage: row.oneAdPerPage,
      frequencyCaps: row.frequencyCaps,
      ...statusJson(row),
    }))
  }

  protected async apply({ caller }: Work<Principal, void>, row: Advertiser, input: Partial<AdvertiserInput>) {
    if (!row.$isPersisted && advertisersOf(caller) !== null) throw partyRefused(this.kind)
    row.merge({ name: input.name ?? row.name })
    row.merge({ appendClickToken: input.appendClickToken ?? row.appendClickToken ?? false })
    row.merge({ oneAdPerPage: input.oneAdPerPage ?? row.oneAdPerPage ?? false })
    row.merge({ frequencyCaps: input.frequencyCaps ?? row.frequencyCaps ?? [] })
    row.merge({ domain: input.domain === undefined ? (row.domain ?? null) : input.domain })
  }
}
