import { BaseSchema } from '@adonisjs/lucid/schema'
import { createCursorTable } from '#modules/kernel/database/cursor_table'

export default class extends BaseSchema {
  override async up() {
    createCursorTable(this.schema, 'audiences')
  }
  override async down() {
    this.schema.dropTable('audiences_cursors')
  }
}
