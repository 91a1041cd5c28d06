import { column } from '@adonisjs/lucid/orm'
import { jsonColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { SegmentEntry } from '#modules/audiences/contract'

/** A named group of people. */
export default class Segment extends ManagedRecord {
  static override table = 'audiences_segments'
  @column({ isPrimary: true }) declare id: Id<'segment'>
  /** How long a person stays after joining. */
  @column() declare expiresAfterDays: number
  /** What lets people in by itself; null = uploads and its pixel only. */
  @jsonColumn() declare rule: SegmentEntry | null
}
