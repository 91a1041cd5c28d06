import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { invalid } from '#modules/kernel/http/failures'
import { archived, fixed, notFound } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Publisher from '#modules/inventory/models/publisher'
import Site from '#modules/inventory/models/site'
import { publishersOf, Supply } from '#modules/inventory/services/supply'
import { blocksJson } from '#modules/inventory/services/blocks'
import type { SiteInput } from '#modules/inventory/validators/inputs'
import { siteLists } from '#modules/inventory/validators/lists'

@inject()
export default class Sites extends Supply<Site, SiteInput> {
  protected readonly kind = 'site'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = siteLists

  protected query(trx: Transaction) {
    return Site.query({ client: trx })
  }
  protected blank() {
    return new Site()
  }
  protected scope(query: Query<Site>, caller: Principal) {
    const own = publishersOf(caller)
    return own === null ? query : query.whereIn('publisher_id', own)
  }

  protected async represent(_trx: Transaction, rows: readonly Site[]) {
    return rows.map((row) => ({
      id: row.id,
      publisherId: row.publisherId,
      name: row.name,
      type: row.type,
      domain: row.domain,
      bundle: row.bundle,
      storeUrl: row.storeUrl,
      categories: row.categories,
      blocks: blocksJson(row),
      ...statusJson(row),
    }))
  }

  protected async apply(work: Work<Principal, void>, row: Site, input: Partial<SiteInput>) {
    if (row.$isPersisted) {
      if (input.publisherId !== undefined && input.publisherId !== row.publisherId) throw fixed('publisherId')
    } else {
      row.merge({ publisherId: await this.publisher(work, input.publisherId!), type: 'site' })
    }
    row.merge({ name: input.name ?? row.name, type: input.type ?? row.type })
    row.merge({
      blocks: input.blocks ?? row.blocks ?? {},
      categories: input.categories ?? row.categories ?? [],
    })
    for (const field of ['domain', 'bundle', 'storeUrl'] as const) {
      row.merge({ [field]: input[field] === undefined ? (row[field] ?? null) : input[field] })
    }
    const address = row.type === 'site' ? 'domain' : 'bundle'
    if (row[address] !== null) return
    throw invalid(address, 'required', `The ${address} field of a ${row.type} must be given`)
  }

  private async publisher({ trx, caller }: Work<Principal, void>, id: Publisher['id']) {
    const own = publishersOf(caller)
    const publisher = own && !own.includes(id) ? null : await Publisher.find(id, { client: trx })
    if (!publisher) throw notFound('publisher', 'publisherId')
    if (publisher.status === 'archived') throw archived('publisher', 'publisherId')
    return publisher.id
  }
}
