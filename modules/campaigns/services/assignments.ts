/** Which creatives a line item shows, and how often each. */
import type { Id } from '#modules/kernel/ids'
import { allInvalid, archived, notFound, type FieldFault } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Creative from '#modules/campaigns/models/creative'
import type LineItem from '#modules/campaigns/models/line_item'
import { DEFAULT_WEIGHT, type Assignment } from '#modules/campaigns/validators/inputs'

const TABLE = 'campaigns_line_item_creatives'
export type Assigned = { readonly creativeId: Id<'creative'>; readonly weight: number }
type Stored = { line_item_id: Id<'line_item'>; creative_id: Id<'creative'>; weight: number }

/** Creatives by line item, each list by creative id; line items without any are absent. */
export async function assignedTo(
  trx: Transaction,
  lineItemIds: readonly Id<'line_item'>[]
): Promise<Map<Id<'line_item'>, Assigned[]>> {
  const rows = (await trx
    .from(TABLE)
    .whereIn('line_item_id', [...lineItemIds])
    .select('line_item_id', 'creative_id', 'weight')
    .orderBy('creative_id')) as Stored[]
  const assigned = new Map<Id<'line_item'>, Assigned[]>()
  for (const { line_item_id: id, creative_id: creativeId, weight } of rows) {
    const list = assigned.get(id) ?? []
    assigned.set(id, [...list, { creativeId, weight }])
  }
  return assigned
}

/** Replaces the list. True when it changed. The creatives belong to the line item's advertiser, else 404. */
export async function assign(
  trx: Transaction,
  lineItem: LineItem,
  wanted: readonly Assignment[]
): Promise<boolean> {
  const target = wanted.map(({ creativeId, weight }) => ({ creativeId, weight: weight ?? DEFAULT_WEIGHT }))
  checkDistinct(target)
  const current = (await assignedTo(trx, [lineItem.id])).get(lineItem.id) ?? []
  const kept = new Map<string, number>(current.map(({ creativeId, weight }) => [creativeId, weight]))
  await checkLinks(trx, lineItem, target, kept)
  const same = target.length === kept.size && target.every((one) => kept.get(one.creativeId) === one.weight)
  if (same) return false
  await trx.from(TABLE).where('line_item_id', lineItem.id).delete()
  if (target.length > 0) {
    const { id, organisationId } = lineItem
    const row = (one: { creativeId: string; weight: number }) => ({
      organisation_id: organisationId,
      line_item_id: id,
      creative_id: one.creativeId,
      weight: one.weight,
    })
    await trx.insertQuery().table(TABLE).multiInsert(target.map(row))
  }
  return true
}

/** Whether a creative that may serve is assigned. */
export async function hasActiveCreative(trx: Transaction, lineItemId: Id<'line_item'>): Promise<boolean> {
  const row = (await trx
    .from(`${TABLE} as a`)
    .join('campaigns_creatives as c', 'c.id', 'a.creative_id')
    .where({ 'a.line_item_id': lineItemId, 'c.status': 'active' })
    .select('c.id')
    .first()) as { id: string } | null
  return row !== null
}

function checkDistinct(wanted: readonly Assignment[]): void {
  const seen = new Set<string>()
  const faults: FieldFault[] = []
  for (const [position, { creativeId }] of wanted.entries()) {
    const field = `creatives.${position}.creativeId`
    if (seen.has(creativeId)) {
      faults.push({
        field,
        code: 'distinct',
        detail: `The ${field} field names a creative for a second time`,
      })
    }
    seen.add(creativeId)
  }
  if (faults.length > 0) throw allInvalid(faults)
}

/** An archived creative may stay where it is, but is not newly assigned. */
async function checkLinks(
  trx: Transaction,
  { advertiserId }: LineItem,
  wanted: readonly Assignment[],
  kept: ReadonlyMap<string, number>
): Promise<void> {
  const ids = wanted.map(({ creativeId }) => creativeId)
  const found = await Creative.query({ client: trx })
    .whereIn('id', ids)
    .where('advertiser_id', advertiserId)
    .select('id', 'status')
  const statusOf = new Map<string, string>(found.map((creative) => [creative.id, creative.status]))
  for (const [position, id] of ids.entries()) {
    const status = statusOf.get(id)
    const field = `creatives.${position}.creativeId`
    if (status === undefined) throw notFound('creative', field)
    if (status === 'archived' && !kept.has(id)) throw archived('creative', field)
  }
}
