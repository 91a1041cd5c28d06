import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { Id } from '#modules/kernel/ids'

/** A creative of a line item, with its share among the others. Key: line item and creative. */
export default class LineItemCreative extends BaseModel {
  static override table = 'campaigns_line_item_creatives'
  static override selfAssignPrimaryKey = true
  @column({ isPrimary: true }) declare lineItemId: Id<'line_item'>
  @column() declare creativeId: Id<'creative'>
  @column() declare organisationId: Id<'organisation'>
  /** 1 to 1000. */
  @column() declare weight: number
}
