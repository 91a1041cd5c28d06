import { BaseSchema } from '@adonisjs/lucid/schema'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

export default class extends BaseSchema {
  protected tableName = 'identity_memberships'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable()
      table.uuid('person_id').notNullable()
      table
        .string('role', 20)
        .notNullable()
        .checkIn(['owner', 'admin', 'advertiser', 'publisher', 'finance', 'auditor', 'viewer'])
      table
        .jsonb('parties')
        .nullable()
        .comment('[{ type, id }] of the advertisers or publishers it is limited to')
      table.timestamp('created_at', { useTz: true }).notNullable()
      table.unique(['organisation_id', 'person_id'])
      table.index(['person_id'])
      table.foreign('organisation_id').references('identity_organisations.id')
      table.foreign('person_id').references('identity_people.id').onDelete('CASCADE')
      table.check(
        `(role in ('advertiser', 'publisher')) = (parties is not null and jsonb_array_length(parties) > 0)`,
        [],
        'identity_memberships_scoped'
      )
    })
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, { retention: 'while the person is a member', erasure: 'erase' })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
  }
}
