import { BaseSchema } from '@adonisjs/lucid/schema'
import { createCursorTable } from '#modules/kernel/database/cursor_table'

export default class extends BaseSchema {
  override async up() {
    createCursorTable(this.schema, 'billing')
  }
  override async down() {
    this.schema.dropTable('billing_cursors')
  }
}
