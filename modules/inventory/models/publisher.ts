import { column } from '@adonisjs/lucid/orm'
import { jsonColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { Blocks } from '#modules/inventory/contract'

/** Who owns sites and apps and is paid for what they show. */
export default class Publisher extends ManagedRecord {
  static override table = 'inventory_publishers'
  @column({ isPrimary: true }) declare id: Id<'publisher'>
  /** Business domain, for sellers.json. */
  @column() declare domain: string | null
  @jsonColumn() declare blocks: Partial<Blocks>
}
