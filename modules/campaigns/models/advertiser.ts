import { column } from '@adonisjs/lucid/orm'
import { jsonColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { FrequencyCap } from '#modules/campaigns/contract'

/** Who pays for ads. */
export default class Advertiser extends ManagedRecord {
  static override table = 'campaigns_advertisers'
  @column({ isPrimary: true }) declare id: Id<'advertiser'>
  /** Lower case, punycode; what the exchange calls adomain. */
  @column() declare domain: string | null
  /** Landing pages are told which ad was clicked. */
  @column() declare appendClickToken: boolean
  /** Two of its ads never share a page. */
  @column() declare oneAdPerPage: boolean
  @jsonColumn() declare frequencyCaps: FrequencyCap[]
}
