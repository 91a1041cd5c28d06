import type { Principal } from '#modules/identity/contract'
import { isUuid } from '#modules/kernel/ids'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { Standing, StandingObstacle } from '#modules/campaigns/contract'
import { advertisersOf } from '#modules/campaigns/services/demand'

type Row = {
  id: Standing['lineItemId']
  name: string
  advertiser_id: string
  line_status: string
  campaign_status: string
  advertiser_status: string
  starts_at: Date | null
  ends_at: Date | null
  assigned: number
  running: number
}

/**
 * Where a line item stands before any request: all that keeps it out of the snapshot, most fundamental first.
 * Null when it does not exist for the principal.
 */
export async function standingOf(
  tenancy: Tenancy,
  principal: Principal,
  lineItemId: string,
  nowMs: number
): Promise<Standing | null> {
  if (!isUuid(lineItemId)) return null
  const row = await tenancy.transaction(principal.organisationId, async (trx) => {
    const { rows } = (await trx.rawQuery(
      `select l.id, l.name, l.advertiser_id, l.status as line_status, c.status as campaign_status, a.status as advertiser_status,
         greatest(l.starts_at, c.starts_at) as starts_at, least(l.ends_at, c.ends_at) as ends_at,
         (select count(*)::int from campaigns_line_item_creatives x where x.line_item_id = l.id) as assigned,
         (select count(*)::int from campaigns_line_item_creatives x join campaigns_creatives r on r.id = x.creative_id
           where x.line_item_id = l.id and r.status = 'active') as running
       from campaigns_line_items l join campaigns_campaigns c on c.id = l.campaign_id join campaigns_advertisers a on a.id = l.advertiser_id
       where l.id = ?`,
      [lineItemId]
    )) as { rows: Row[] }
    return rows[0]
  })
  const own = advertisersOf(principal)
  if (!row || (own !== null && !own.includes(row.advertiser_id as never))) return null
  return { lineItemId: row.id, name: row.name, obstacles: obstaclesOf(row, nowMs) }
}

function obstaclesOf(row: Row, nowMs: number): StandingObstacle[] {
  const found: StandingObstacle[] = []
  if (row.advertiser_status !== 'active') {
    found.push({ code: 'advertiser_not_active', detail: `The advertiser is ${row.advertiser_status}.` })
  }
  if (row.campaign_status !== 'active') {
    found.push({ code: 'campaign_not_active', detail: `The campaign is ${row.campaign_status}.` })
  }
  if (row.line_status !== 'active') {
    found.push({ code: 'line_item_not_active', detail: `The line item is ${row.line_status}.` })
  }
  if (row.assigned === 0) found.push({ code: 'no_creative', detail: 'No creative is assigned.' })
  else if (row.running === 0) {
    found.push({ code: 'no_creative', detail: `None of its ${row.assigned} creatives is active.` })
  }
  if (row.starts_at && row.starts_at.getTime() > nowMs) {
    found.push({ code: 'not_started', detail: `It starts at ${row.starts_at.toISOString()}.` })
  }
  if (row.ends_at && row.ends_at.getTime() <= nowMs) {
    found.push({ code: 'ended', detail: `It ended at ${row.ends_at.toISOString()}.` })
  }
  return found
}
