import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_people'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable().comment('home organisation')
      table
        .string('email', 254)
        .notNullable()
        .unique()
        .comment('lower case; one person per address in the installation')
      table.string('name', 200).notNullable()
      table.string('password_hash', 255).notNullable().comment('scrypt, PHC format')
      table
        .integer('credentials_version')
        .notNullable()
        .defaultTo(1)
        .comment('part of each access token; grows with the password')
      table.timestamp('password_changed_at', { useTz: true }).notNullable()
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.foreign('organisation_id').references('identity_organisations.id')
      table.check('email = lower(email)', [], 'identity_people_email_lower')
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: 'until the person is removed from the organisation',
      erasure: 'erase',
      why: 'staff, by contract',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
