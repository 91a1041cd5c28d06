import { BaseSchema } from '@adonisjs/lucid/schema'
import { addOutboxAttempts, createOutboxTable } from '#modules/kernel/database/outbox_table'

export default class extends BaseSchema {
  override async up() {
    createOutboxTable(this.schema, 'serving')
    addOutboxAttempts(this.schema, 'serving')
  }
  override async down() {
    this.schema.dropTable('serving_outbox')
  }
}
