import { column } from '@adonisjs/lucid/orm'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'

export const CREATIVE_TYPES = ['image', 'third_party'] as const
export type CreativeType = (typeof CREATIVE_TYPES)[number]

/** What people see. Its content never changes: another image is another creative. */
export default class Creative extends ManagedRecord {
  static override table = 'campaigns_creatives'
  @column({ isPrimary: true }) declare id: Id<'creative'>
  @column() declare advertiserId: Id<'advertiser'>
  @column() declare type: CreativeType
  /** CSS pixels. */
  @column() declare width: number
  @column() declare height: number
  @column() declare landingUrl: string
  @column() declare altText: string | null
  /** Third-party markup with macros. */
  @column() declare markup: string | null
  /** SHA-256 of the encoded image, hex; first part of its key in storage. */
  @column() declare assetHash: string | null
  @column() declare assetFile: string | null
  /** Media type. */
  @column() declare assetType: string | null
  @column() declare assetBytes: number | null
  @column() declare assetFrames: number | null
}
