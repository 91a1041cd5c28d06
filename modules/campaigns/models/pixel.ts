import { column } from '@adonisjs/lucid/orm'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'

/** Counts conversions of an advertiser: what people do on its pages after an ad. */
export default class Pixel extends ManagedRecord {
  static override table = 'campaigns_pixels'
  @column({ isPrimary: true }) declare id: Id<'pixel'>
  @column() declare advertiserId: Id<'advertiser'>
  /** From the ad to its conversion. */
  @column() declare windowHours: number
}
