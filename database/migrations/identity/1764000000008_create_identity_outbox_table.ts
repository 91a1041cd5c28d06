import { BaseSchema } from '@adonisjs/lucid/schema'
import { addOutboxAttempts, createOutboxTable } from '#modules/kernel/database/outbox_table'

export default class extends BaseSchema {
  override async up() {
    createOutboxTable(this.schema, 'identity')
    addOutboxAttempts(this.schema, 'identity')
  }
  override async down() {
    this.schema.dropTable('identity_outbox')
  }
}
