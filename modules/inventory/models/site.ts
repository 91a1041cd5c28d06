import { column } from '@adonisjs/lucid/orm'
import { jsonColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { Blocks } from '#modules/inventory/contract'

export const SITE_TYPES = ['site', 'app'] as const
export type SiteType = (typeof SITE_TYPES)[number]

/** A web site or an app of a publisher. */
export default class Site extends ManagedRecord {
  static override table = 'inventory_sites'
  @column({ isPrimary: true }) declare id: Id<'site'>
  @column() declare publisherId: Id<'publisher'>
  @column() declare type: SiteType
  /** Lower case, punycode; sites have one. */
  @column() declare domain: string | null
  /** Store bundle id; apps have one. */
  @column() declare bundle: string | null
  @column() declare storeUrl: string | null
  /** Ids of the IAB Content Taxonomy 3.1, without parents. */
  @jsonColumn() declare categories: readonly string[]
  @jsonColumn() declare blocks: Partial<Blocks>
}
