import { BaseSchema } from '@adonisjs/lucid/schema'

const TABLES = ['inventory_publishers', 'inventory_sites', 'inventory_placements'] as const

/** What a publisher does not want to show, on all of it, a site or a placement. */
export default class extends BaseSchema {
  override async up() {
    for (const name of TABLES) {
      this.schema.alterTable(name, (table) => {
        table
          .jsonb('blocks')
          .notNullable()
          .defaultTo('{}')
          .comment('{ advertisers, categories, domains }: lists of texts, each optional')
      })
    }
  }
  override async down() {
    for (const name of TABLES) this.schema.alterTable(name, (table) => table.dropColumn('blocks'))
  }
}
