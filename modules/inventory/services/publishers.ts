import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { partyRefused } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Publisher from '#modules/inventory/models/publisher'
import { publishersOf, Supply } from '#modules/inventory/services/supply'
import { blocksJson } from '#modules/inventory/services/blocks'
import type { PublisherInput } from '#modules/inventory/validators/inputs'
import { publisherLists } from '#modules/inventory/validators/lists'

@inject()
export default class Publishers extends Supply<Publisher, PublisherInput> {
  protected readonly kind = 'publisher'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = publisherLists

  protected query(trx: Transaction) {
    return Publisher.query({ client: trx })
  }
  protected blank() {
    return new Publisher()
  }
  protected scope(query: Query<Publisher>, caller: Principal) {
    const own = publishersOf(caller)
    return own === null ? query : query.whereIn('id', own)
  }

  protected async represent(_trx: Transaction, rows: readonly Publisher[]) {
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      domain: row.domain,
      blocks: blocksJson(row),
      ...statusJson(row),
    }))
  }

  protected async apply({ caller }: Work<Principal, void>, row: Publisher, input: Partial<PublisherInput>) {
    if (!row.$isPersisted && publishersOf(caller) !== null) throw partyRefused(this.kind)
    row.merge({ name: input.name ?? row.name })
    row.merge({ blocks: input.blocks ?? row.blocks ?? {} })
    row.merge({ domain: input.domain === undefined ? (row.domain ?? null) : input.domain })
  }
}
