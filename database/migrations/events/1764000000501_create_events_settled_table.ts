import { BaseSchema } from '@adonisjs/lucid/schema'
import { SYSTEM_ROLE, TENANT_ROLE } from '#config/database_roles'
import { forceTenantRows, keeps } from '#modules/kernel/database/tenant_rows'

const KEEPING = {
  retention: '400 days',
  erasure: 'pseudonymise',
  why: 'subject_ref is cleared; the counts that money rests on stay',
} as const

/**
 * Every fact once, partitioned by the day of its token's issue: the day is part of the id, so the same fact can
 * never fall into two partitions and the unique key holds across midnight.
 */
export default class extends BaseSchema {
  protected tableName = 'events_settled'
  override async up() {
    this.schema.raw('create sequence events_settled_seq as bigint')
    this.schema.raw(`
      create table events_settled (
        seq bigint not null,
        issue_day date not null,
        id uuid not null,
        kind smallint not null,
        copy bigint not null,
        organisation_id uuid not null,
        placement_id uuid not null,
        line_item_id uuid,
        creative_id uuid,
        charge smallint not null,
        price bigint not null,
        currency char(3) not null,
        purposes integer not null,
        subject_ref bytea,
        country char(2),
        device smallint,
        filter varchar(40),
        count integer not null check (count > 0),
        received_at timestamptz not null,
        primary key (issue_day, id, kind, copy)
      ) partition by range (issue_day)`)
    this.schema.raw('create index events_settled_in_order on events_settled (seq)')
    for (const [column, meaning] of Object.entries({
      seq: 'order of settlement; gaps are normal',
      copy: '0 for the fact itself, the number of the batch for its repeats',
      price: 'CPM: 1e-6 currency units per 1000; CPC: 1e-9 per click',
      count: '1, or how many repeats came in one batch',
      filter: 'why the fact is not counted net',
    })) {
      this.schema.raw(`comment on column events_settled.${column} is '${meaning}'`)
    }
    forceTenantRows(this.schema, this.tableName)
    for (const action of ['insert', 'update', 'delete']) {
      const rule = action === 'insert' ? 'with check (false)' : 'using (false)'
      this.schema.raw(
        `create policy tenants_only_read_${action} on events_settled as restrictive for ${action} to ${TENANT_ROLE} ${rule}`
      )
    }
    keeps(this.schema, this.tableName, KEEPING)
    this.createPartitionFunction()
  }

  /** The settler owns no table, so it asks this function, which can make nothing but the partition of a day. */
  private createPartitionFunction() {
    this.schema.raw(`
      create function events_ensure_settled_day(day date) returns void
      language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
      declare
        name text := 'events_settled_' || to_char(day, 'YYYYMMDD');
      begin
        if to_regclass(format('public.%I', name)) is not null then return; end if;
        if day < current_date - 400 or day > current_date + 400 then
          raise exception 'no partition for %: more than 400 days from today', day using errcode = '22008';
        end if;
        perform pg_advisory_xact_lock(hashtextextended('events_ensure_settled_day', 0));
        -- Read from the table: to_regclass may remember that the name was free before this waited for the lock.
        if exists (select from pg_class where relname = name and relnamespace = 'public'::regnamespace) then return; end if;
        -- Made apart and then attached: that lets readers and writers of other days go on.
        execute format('create table public.%I (like public.events_settled including defaults including constraints)', name);
        execute format('alter table public.%I enable row level security', name);
        execute format('alter table public.%I force row level security', name);
        execute format('comment on table public.%I is %L', name, '${JSON.stringify(KEEPING)}');
        execute format('alter table public.events_settled attach partition public.%I for values from (%L) to (%L)',
                       name, day, day + 1);
      end $$`)
    this.schema.raw('revoke all on function events_ensure_settled_day(date) from public')
    this.schema.raw(`grant execute on function events_ensure_settled_day(date) to ${SYSTEM_ROLE}`)
  }

  override async down() {
    this.schema.raw('drop function events_ensure_settled_day(date)')
    this.schema.dropTable(this.tableName)
    this.schema.raw('drop sequence events_settled_seq')
  }
}
