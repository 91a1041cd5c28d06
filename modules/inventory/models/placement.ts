import { column } from '@adonisjs/lucid/orm'
import { jsonColumn, nanosColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import type { Currency, Nanos } from '#modules/kernel/money'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { Blocks, Size, SnapshotPlacement } from '#modules/inventory/contract'

/** A place on a site where ads are shown. */
export default class Placement extends ManagedRecord {
  static override table = 'inventory_placements'
  @column({ isPrimary: true }) declare id: Id<'placement'>
  @column() declare siteId: Id<'site'>
  @column() declare mediaType: 'banner'
  /** CSS pixels; the first is reserved when a request names none. */
  @jsonColumn() declare sizes: Size[]
  /** Least price of 1000 impressions; a whole number of cpm_micros. */
  @nanosColumn() declare floorNanos: Nanos | null
  @column() declare floorCurrency: Currency | null
  @jsonColumn() declare fallback: SnapshotPlacement['fallback']
  @jsonColumn() declare blocks: Partial<Blocks>
}
