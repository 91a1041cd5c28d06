import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  protected tableName = 'campaigns_line_items'
  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table.string('pacing', 20).notNullable().defaultTo('even').checkIn(['even', 'accelerated'])
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => table.dropColumn('pacing'))
  }
}
