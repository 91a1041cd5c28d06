import { BaseSchema } from '@adonisjs/lucid/schema'
import { createOutboxTable } from '#modules/kernel/database/outbox_table'

export default class extends BaseSchema {
  override async up() {
    createOutboxTable(this.schema, 'inventory')
  }
  override async down() {
    this.schema.dropTable('inventory_outbox')
  }
}
