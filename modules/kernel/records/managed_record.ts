import { BaseModel, column } from '@adonisjs/lucid/orm'
import { epochColumn } from '#modules/kernel/columns'
import { instantJson } from '#modules/kernel/http/instants'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'

/** What every object has that people make, change, pause and archive over the management API. */
export abstract class ManagedRecord extends BaseModel {
  static override selfAssignPrimaryKey = true

  @column({ isPrimary: true }) declare id: Id<string>
  @column() declare organisationId: Id<'organisation'>
  @column() declare name: string
  @column() declare status: string
  /** Words of whoever changed the status last. */
  @column() declare statusReason: string | null
  @epochColumn() declare statusChangedAt: EpochMs
  /** Counts changes, from 1; the ETag of the object. */
  @column() declare revision: number
  @epochColumn() declare createdAt: EpochMs
  @epochColumn() declare updatedAt: EpochMs
}

/** Fields that every representation ends with. */
export function statusJson(row: ManagedRecord) {
  return {
    status: row.status,
    statusReason: row.statusReason,
    statusChangedAt: instantJson(row.statusChangedAt),
    revision: row.revision,
    createdAt: instantJson(row.createdAt),
    updatedAt: instantJson(row.updatedAt),
  }
}
