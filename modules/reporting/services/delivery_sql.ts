import type { Group } from '#modules/reporting/contract'
import type { Plan } from '#modules/reporting/services/plan'
import type { Scope } from '#modules/reporting/services/scope'

/** Rows of one report at most; a caller who needs more asks for less at a time. */
export const MAX_ROWS = 100_000

/** One group of facts: the valid ones (`kind` null), or those filtered for one reason (`n` of one kind). */
export type DeliveryRecord = {
  bucket: number
  currency: string
  kind: number | null
  reason: string | null
  requests: string
  impressions: string
  viewable: string
  clicks: string
  measurable: string
  conversions: string
  value: string
  spend: string
} & Partial<Record<Group, string | number | null>>

type Binding = string | number | null | readonly (string | number)[]
export type Sql = { readonly sql: string; readonly bindings: Binding[] }

/**
 * One statement, so that both tables are read at the same instant: valid counts of `reporting_quarters`, grouped, and
 * beside them the counts of `reporting_filtered` by the same keys, by kind and reason.
 */
export function deliverySql(organisationId: string, plan: Plan, scope: Scope): Sql {
  const valid = part('reporting_quarters', organisationId, plan, scope, [
    'null::smallint as kind',
    'null::text as reason',
    'sum(q.requests) as requests',
    'sum(q.impressions) as impressions',
    'sum(q.viewable) as viewable',
    'sum(q.clicks) as clicks',
    'sum(q.measurable) as measurable',
    'sum(q.conversions) as conversions',
    'sum(q.conversion_value_nanos) as value',
    'sum(q.spend_nanos) as spend',
  ])
  const filtered = part('reporting_filtered', organisationId, plan, scope, [
    'q.kind',
    'q.reason',
    'sum(q.facts) as requests',
    '0::numeric',
    '0::numeric',
    '0::numeric',
    '0::numeric',
    '0::numeric',
    '0::numeric',
    '0::numeric',
  ])
  const keys = plan.groups.length + 2
  return {
    sql: `(${valid.sql} group by ${positions(keys)} limit ${MAX_ROWS + 1}) union all (${filtered.sql} group by ${positions(keys + 2)})`,
    bindings: [...valid.bindings, ...filtered.bindings],
  }
}

function positions(count: number): string {
  return Array.from({ length: count }, (_, index) => index + 1).join(', ')
}

function part(
  table: string,
  organisationId: string,
  plan: Plan,
  scope: Scope,
  measures: readonly string[]
): Sql {
  const columns: string[] = []
  const bindings: Binding[] = []
  if (plan.slots.length > 1) {
    columns.push('width_bucket(q.slot, ?::timestamptz[])::int as bucket')
    bindings.push(plan.slots.map(timestamp))
  } else columns.push('1 as bucket')
  for (const group of plan.groups) {
    const key = keyOf(group, scope)
    columns.push(`${key.sql} as "${group}"`)
    bindings.push(...key.bindings)
  }
  columns.push('q.currency', ...measures)
  const source = sourceOf(table, plan, scope)
  const where = whereOf(organisationId, plan, scope)
  return {
    sql: `select ${columns.join(', ')} from ${source.sql} where ${where.sql}`,
    bindings: [...bindings, ...source.bindings, ...where.bindings],
  }
}

/** A key of the group; null where it names an object that does not exist for the principal. */
function keyOf(group: Group, { visible }: Scope): Sql {
  const column = {
    campaign: 'owner.campaign_id',
    line_item: 'q.line_item_id',
    creative: 'q.creative_id',
    placement: 'q.placement_id',
    country: 'q.country',
    device: 'q.device',
  }[group]
  if (!visible || group === 'country' || group === 'device') return { sql: column, bindings: [] }
  return group === 'placement'
    ? { sql: `case when q.placement_id = any(?::uuid[]) then ${column} end`, bindings: [visible.placements] }
    : { sql: `case when q.line_item_id = any(?::uuid[]) then ${column} end`, bindings: [visible.lineItems] }
}

function sourceOf(table: string, plan: Plan, scope: Scope): Sql {
  if (!plan.groups.includes('campaign')) return { sql: `${table} q`, bindings: [] }
  return {
    sql: `${table} q left join unnest(?::uuid[], ?::uuid[]) as owner(line_item_id, campaign_id) on owner.line_item_id = q.line_item_id`,
    bindings: [[...scope.campaignOf.keys()], [...scope.campaignOf.values()]],
  }
}

function whereOf(organisationId: string, plan: Plan, { visible, lineItems, placements }: Scope): Sql {
  const sql = ['q.organisation_id = ?::uuid', 'q.slot >= ?::timestamptz', 'q.slot < ?::timestamptz']
  const bindings: Binding[] = [organisationId, timestamp(plan.from), timestamp(plan.to)]
  if (lineItems) {
    sql.push('q.line_item_id = any(?::uuid[])')
    bindings.push(lineItems)
  }
  if (placements) {
    sql.push('q.placement_id = any(?::uuid[])')
    bindings.push(placements)
  }
  if (visible) {
    sql.push('(q.line_item_id = any(?::uuid[]) or q.placement_id = any(?::uuid[]))')
    bindings.push(visible.lineItems, visible.placements)
  }
  return { sql: sql.join(' and '), bindings }
}

function timestamp(at: number): string {
  return new Date(at).toISOString()
}
