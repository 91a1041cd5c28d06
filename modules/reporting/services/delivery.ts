import type { Tenancy } from '#modules/kernel/tenancy'
import type { Id } from '#modules/kernel/ids'
import { err, ok, type Result } from '#modules/kernel/result'
import { DEVICE_TYPES } from '#modules/context/contract'
import type { DeliveryRow, Group, ReportFailure } from '#modules/reporting/contract'
import { localTime } from '#modules/kernel/calendar'
import { deliverySql, MAX_ROWS, type DeliveryRecord } from '#modules/reporting/services/delivery_sql'
import type { Plan } from '#modules/reporting/services/plan'
import type { Scope } from '#modules/reporting/services/scope'
import { Tally } from '#modules/reporting/services/tally'

export type Keys = Pick<DeliveryRow, 'time' | Group>
/** One row before money is written out; `slot` is its place in `plan.slots`. */
export type Tallied = { readonly slot: number; readonly keys: Keys; readonly tally: Tally }
export type Tables = { readonly rows: readonly Tallied[]; readonly total: Tally }

/** Reads and adds up. Rows are sorted by time, then by the keys in the order asked, unknown last. */
export async function readDelivery(
  tenancy: Tenancy,
  organisationId: Id<'organisation'>,
  plan: Plan,
  scope: Scope
): Promise<Result<Tables, ReportFailure>> {
  const { sql, bindings } = deliverySql(organisationId, plan, scope)
  const records = await tenancy.transaction(organisationId, async (trx) => {
    const answer = (await trx.rawQuery(sql, bindings as never)) as { rows: DeliveryRecord[] }
    return answer.rows
  })
  const rows = new Map<string, Tallied>()
  for (const record of records) {
    const keys = keysOf(record, plan)
    const name = JSON.stringify([record.bucket, ...Object.values(keys)])
    const row = rows.get(name) ?? { slot: record.bucket - 1, keys, tally: new Tally() }
    row.tally.addRecord(record)
    rows.set(name, row)
  }
  if (rows.size > MAX_ROWS) {
    return err({
      type: 'too_large',
      detail: `More than ${MAX_ROWS} rows: ask for fewer days, a coarser granularity or fewer groups`,
    })
  }
  const total = new Tally()
  for (const { tally } of rows.values()) total.add(tally)
  return ok({ rows: [...rows.values()].sort(byTimeAndKeys(plan.groups)), total })
}

function keysOf(record: DeliveryRecord, plan: Plan): Keys {
  const keys: Keys = {}
  if (plan.granularity !== 'total') keys.time = localTime(plan.slots[record.bucket - 1]!, plan.zone)
  for (const group of plan.groups) {
    const value = record[group] ?? null
    keys[group] =
      group === 'device' && value !== null ? (DEVICE_TYPES[Number(value)] ?? null) : (value as string | null)
  }
  return keys
}

function byTimeAndKeys(groups: readonly Group[]) {
  return (left: Tallied, right: Tallied): number => {
    if (left.slot !== right.slot) return left.slot - right.slot
    for (const group of groups) {
      const [mine, other] = [left.keys[group], right.keys[group]]
      if (mine === other) continue
      if (mine === null || mine === undefined) return 1
      if (other === null || other === undefined) return -1
      return mine < other ? -1 : 1
    }
    return 0
  }
}
