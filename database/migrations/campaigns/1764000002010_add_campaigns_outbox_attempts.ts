import { BaseSchema } from '@adonisjs/lucid/schema'
import { addOutboxAttempts, dropOutboxAttempts } from '#modules/kernel/database/outbox_table'

export default class extends BaseSchema {
  override async up() {
    addOutboxAttempts(this.schema, 'campaigns')
  }
  override async down() {
    dropOutboxAttempts(this.schema, 'campaigns')
  }
}
