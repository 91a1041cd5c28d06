import { BaseSchema } from '@adonisjs/lucid/schema'

/** What a site is about: each of its pages is of these categories, besides those that a request states. */
export default class extends BaseSchema {
  protected tableName = 'inventory_sites'

  override async up() {
    this.schema.alterTable(this.tableName, (table) => {
      table
        .jsonb('categories')
        .notNullable()
        .defaultTo('[]')
        .comment('ids of the IAB Content Taxonomy 3.1, without parents')
    })
  }
  override async down() {
    this.schema.alterTable(this.tableName, (table) => table.dropColumn('categories'))
  }
}
