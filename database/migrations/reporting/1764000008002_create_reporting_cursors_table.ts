import { BaseSchema } from '@adonisjs/lucid/schema'
import { createCursorTable } from '#modules/kernel/database/cursor_table'

export default class extends BaseSchema {
  override async up() {
    createCursorTable(this.schema, 'reporting')
  }
  override async down() {
    this.schema.dropTable('reporting_cursors')
  }
}
