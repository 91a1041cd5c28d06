import { column } from '@adonisjs/lucid/orm'
import { epochColumn, jsonColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import {
  CREATIVE_TYPES,
  type CreativeContent,
  type CreativeType,
  type FrequencyCap,
} from '#modules/campaigns/contract'

export { CREATIVE_TYPES, type CreativeType }

/** jsonb that may be absent: null is NULL, not the JSON word. */
const orNull = (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value))

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
  /** Null = with its line items. */
  @epochColumn() declare startsAt: EpochMs | null
  /** Exclusive; null = with its line items. */
  @epochColumn() declare endsAt: EpochMs | null
  @jsonColumn() declare frequencyCaps: FrequencyCap[]
  @column({ prepare: orNull }) declare clickDomains: string[] | null
  @column({ prepare: orNull }) declare content: CreativeContent | null
}
