import { inject } from '@adonisjs/core'
import { categoriesWithParents } from '#modules/context/contract'
import type { Principal } from '#modules/identity/contract'
import { isUuid, type Id } from '#modules/kernel/ids'
import { cpmMicros, type CpmMicros } from '#modules/kernel/money'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import {
  type Blocks,
  Inventory,
  type InventorySection,
  type SnapshotPlacement,
} from '#modules/inventory/contract'
import { blocksTogether } from '#modules/inventory/services/blocks'
import { publishersOf } from '#modules/inventory/services/supply'

type PlacementRow = Omit<
  SnapshotPlacement,
  'siteId' | 'publisherId' | 'mediaType' | 'floorMicros' | 'blocks'
> & {
  site_id: Id<'site'>
  publisher_id: Id<'publisher'>
  media_type: 'banner'
  floor_nanos: string | null
  blocks: Partial<Blocks>
  site_blocks: Partial<Blocks>
  publisher_blocks: Partial<Blocks>
}

/** Answers other modules from inventory_* tables. */
@inject()
export default class LocalInventory extends Inventory {
  constructor(private tenancy: Tenancy) {
    super()
  }

  async versions() {
    return this.tenancy.system(async (trx) => {
      const rows = (await trx.from('inventory_versions').select('organisation_id', 'version')) as {
        organisation_id: Id<'organisation'>
        version: string
      }[]
      return new Map(rows.map((row) => [row.organisation_id, Number(row.version)]))
    })
  }

  /** Version and placements of one moment (repeatable read), placements by id. Version 0: nothing was ever made. */
  async section(organisationId: Id<'organisation'>): Promise<{ version: number; data: InventorySection }> {
    return this.tenancy.view(organisationId, async (trx) => {
      const version = await trx.from('inventory_versions').select('version').first()
      const rows = (await trx
        .from('inventory_placements as p')
        .join('inventory_sites as s', 's.id', 'p.site_id')
        .join('inventory_publishers as o', 'o.id', 's.publisher_id')
        .select('p.id', 'p.name', 'p.site_id', 's.publisher_id', 'p.media_type', 'p.sizes', 'p.floor_nanos')
        .select('s.categories', 'p.blocks', 's.blocks as site_blocks', 'o.blocks as publisher_blocks')
        .select('p.fallback', trx.raw(`'active' = all (array[p.status, s.status, o.status]) as active`))
        .orderBy('p.id')) as PlacementRow[]
      return { version: Number(version?.version ?? 0), data: { placements: rows.map(placementOf) } }
    })
  }

  async existing(
    organisationId: Id<'organisation'>,
    ids: { sites: readonly string[]; placements: readonly string[] }
  ) {
    return this.tenancy.transaction(organisationId, async (trx) => ({
      sites: await known(trx, 'inventory_sites', ids.sites),
      placements: await known(trx, 'inventory_placements', ids.placements),
    }))
  }

  async names(organisationId: Id<'organisation'>, ids: readonly string[]) {
    const asked = ids.filter(isUuid)
    return this.tenancy.transaction(organisationId, async (trx) => {
      const { rows } = (await trx.rawQuery(
        `select id, name from inventory_publishers where id = any(:asked)
         union all select id, name from inventory_sites where id = any(:asked)
         union all select id, name from inventory_placements where id = any(:asked)`,
        { asked }
      )) as { rows: { id: string; name: string }[] }
      return new Map(rows.map((row) => [row.id, row.name]))
    })
  }

  async visiblePlacements(principal: Principal): Promise<readonly Id<'placement'>[] | null> {
    const publishers = publishersOf(principal)
    if (publishers === null) return null
    return this.tenancy.transaction(principal.organisationId, async (trx) => {
      const rows = (await trx
        .from('inventory_placements as p')
        .join('inventory_sites as s', 's.id', 'p.site_id')
        .whereIn('s.publisher_id', publishers)
        .select('p.id')
        .orderBy('p.id')) as { id: Id<'placement'> }[]
      return rows.map((row) => row.id)
    })
  }
}

async function known(trx: Transaction, table: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = ids.filter(isUuid)
  if (asked.length === 0) return new Set()
  const rows = (await trx.from(table).whereIn('id', asked).select('id')) as { id: string }[]
  return new Set(rows.map((row) => row.id))
}

function placementOf(row: PlacementRow): SnapshotPlacement {
  const { site_id: siteId, publisher_id: publisherId, media_type: mediaType, floor_nanos: floor } = row
  const floorMicros = cpmMicros(BigInt(floor ?? 0)) ?? (0 as CpmMicros) // the table holds whole micros only
  const { id, name, active, sizes, fallback } = row
  const blocks = blocksTogether([row.publisher_blocks, row.site_blocks, row.blocks])
  const categories = row.categories?.length ? { categories: categoriesWithParents(9, row.categories) } : {}
  const facts = {
    id,
    name,
    siteId,
    publisherId,
    active,
    mediaType,
    sizes,
    floorMicros,
    fallback,
    ...categories,
  }
  return blocks === null ? facts : { ...facts, blocks }
}
