import { BaseSchema } from '@adonisjs/lucid/schema'
import { TENANT_ROLE } from '#config/database_roles'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

/**
 * Rows are only ever added. A trigger holds that against every role, the owner included: an update is refused always,
 * a removal unless the row is past its retention and the system's clean-up does it.
 */
export default class extends BaseSchema {
  protected tableName = 'identity_audit_log'
  override async up() {
    this.schema.createTable(this.tableName, (table) => {
      table.uuid('id').primary()
      table.uuid('organisation_id').notNullable()
      table.timestamp('at', { useTz: true }).notNullable()
      table.uuid('person_id').nullable().comment('who did it; null for the installation itself')
      table.uuid('token_id').nullable().comment('the API token that was used, if one was')
      table.string('action', 80).notNullable()
      table.string('object_type', 40).notNullable()
      table.string('object_id', 80).notNullable()
      table.jsonb('before').nullable().comment('changed fields only, no personal data')
      table.jsonb('after').nullable()
      table.index(['organisation_id', 'at', 'id'])
      table.index(['organisation_id', 'object_id'])
      table.index(['at'])
    })
    this.schema.raw(`
      create function identity_audit_log_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.at < now() - interval '2 years' and not pg_has_role(current_user, '${TENANT_ROLE}', 'member') then
          return old;
        end if;
        raise exception 'identity_audit_log is append-only' using errcode = 'insufficient_privilege';
      end $$`)
    this.schema.raw(`
      create trigger append_only before update or delete on identity_audit_log
      for each row execute function identity_audit_log_append_only()`)
    this.schema.raw(`
      create trigger never_emptied before truncate on identity_audit_log
      for each statement execute function identity_audit_log_append_only()`)
    forceTenantRows(this.schema, this.tableName)
    keeps(this.schema, this.tableName, {
      retention: '2 years',
      erasure: 'none',
      why: 'ids of staff, no names or addresses; the record of who changed what must stand',
    })
  }
  override async down() {
    this.schema.dropTable(this.tableName)
    this.schema.raw('drop function identity_audit_log_append_only')
  }
}
