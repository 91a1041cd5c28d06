import { inject } from '@adonisjs/core'
import type { Organisation, Principal } from '#modules/identity/contract'
import { cpmMicros, moneyJson } from '#modules/kernel/money'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { invalid } from '#modules/kernel/http/failures'
import { archived, fixed, notFound } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import type { Size } from '#modules/inventory/contract'
import Placement from '#modules/inventory/models/placement'
import Site from '#modules/inventory/models/site'
import { publishersOf, Supply } from '#modules/inventory/services/supply'
import { blocksJson } from '#modules/inventory/services/blocks'
import type { PlacementInput } from '#modules/inventory/validators/inputs'
import { placementLists } from '#modules/inventory/validators/lists'

type Gathered = Organisation
type Running = Work<Principal, Gathered>

@inject()
export default class Placements extends Supply<Placement, PlacementInput, Gathered> {
  protected readonly kind = 'placement'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = placementLists

  protected query(trx: Transaction) {
    return Placement.query({ client: trx })
  }
  protected blank() {
    return new Placement()
  }
  protected scope(query: Query<Placement>, caller: Principal) {
    const own = publishersOf(caller)
    if (own === null) return query
    return query.whereIn('site_id', (sites) => {
      void sites.from(Site.table).select('id').whereIn('publisher_id', own)
    })
  }

  protected async represent(trx: Transaction, rows: readonly Placement[]) {
    const siteIds = [...new Set(rows.map((row) => row.siteId))]
    const sites = await Site.query({ client: trx }).whereIn('id', siteIds).select('id', 'publisher_id')
    const publisherOf = new Map(sites.map((site) => [site.id, site.publisherId]))
    return rows.map((row) => ({
      id: row.id,
      siteId: row.siteId,
      publisherId: publisherOf.get(row.siteId) ?? null,
      name: row.name,
      mediaType: row.mediaType,
      sizes: row.sizes,
      floor:
        row.floorNanos === null ? null : { model: 'cpm', ...moneyJson(row.floorNanos, row.floorCurrency!) },
      fallback: row.fallback,
      blocks: blocksJson(row),
      ...statusJson(row),
    }))
  }

  protected override async gather(caller: Principal): Promise<Gathered> {
    const organisation = await this.identity.organisation(caller.organisationId)
    if (!organisation) throw notFound('organisation')
    return organisation
  }

  protected async apply(work: Running, row: Placement, input: Partial<PlacementInput>) {
    if (row.$isPersisted) {
      if (input.siteId !== undefined && input.siteId !== row.siteId) throw fixed('siteId')
    } else {
      const siteId = await this.site(work, input.siteId!)
      row.merge({
        siteId,
        mediaType: 'banner',
        fallback: { type: 'none' },
        floorNanos: null,
        floorCurrency: null,
      })
    }
    row.merge({ name: input.name ?? row.name, fallback: input.fallback ?? row.fallback })
    row.merge({ blocks: input.blocks ?? row.blocks ?? {} })
    if (input.sizes) row.merge({ sizes: distinct(input.sizes) })
    if (input.floor !== undefined) this.setFloor(work, row, input.floor)
  }

  private setFloor({ gathered }: Running, row: Placement, floor: PlacementInput['floor']) {
    if (!floor) return row.merge({ floorNanos: null, floorCurrency: null })
    if (floor.currency !== gathered.currency) {
      const detail = `The floor.currency field must be ${gathered.currency}: an organisation sells in one currency`
      throw invalid('floor.currency', 'currency', detail)
    }
    if (cpmMicros(floor.nanos) === null) {
      const detail = 'The floor.amount field must be a whole number of millionths: at most 6 decimals'
      throw invalid('floor.amount', 'precision', detail)
    }
    return row.merge({ floorNanos: floor.nanos, floorCurrency: floor.currency })
  }

  private async site({ trx, caller }: Running, id: Site['id']) {
    const own = publishersOf(caller)
    const site = await Site.find(id, { client: trx })
    if (!site || (own && !own.includes(site.publisherId))) throw notFound('site', 'siteId')
    if (site.status === 'archived') throw archived('site', 'siteId')
    return site.id
  }
}

/** The same size twice says nothing; the first mention keeps its place. */
function distinct(sizes: readonly Size[]): Size[] {
  const seen = new Map(sizes.map(({ width, height }) => [`${width}x${height}`, { width, height }]))
  return [...seen.values()]
}
