import { BaseSchema } from '@adonisjs/lucid/schema'
import { addOutboxAttempts, createOutboxTable } from '#modules/kernel/database/outbox_table'

export default class extends BaseSchema {
  override async up() {
    createOutboxTable(this.schema, 'audiences')
    addOutboxAttempts(this.schema, 'audiences')
  }
  override async down() {
    this.schema.dropTable('audiences_outbox')
  }
}
