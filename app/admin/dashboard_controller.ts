import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { frameOf } from '#app/admin/frame'
import { renderPage } from '#app/admin/render'
import { liveOf, rowsWithToday, todayByCampaign } from '#app/admin/figures'
import { Campaigns } from '#modules/campaigns/contract'
import { Identity } from '#modules/identity/contract'
import { Reporting } from '#modules/reporting/contract'

/** Rows on the dashboard; the list page has the rest. */
const LIVE_ROWS = 12

/** What happens now. */
@inject()
export default class DashboardController {
  constructor(
    private identity: Identity,
    private campaigns: Campaigns,
    private reporting: Reporting
  ) {}

  async show(ctx: HttpContext) {
    const frame = await frameOf(ctx, this.identity)
    const [today, list, byCampaign] = await Promise.all([
      this.reporting.today(ctx.principal),
      this.campaigns.list(ctx.principal, { status: 'active', limit: 50 }),
      todayByCampaign(this.reporting, ctx.principal, frame.zone),
    ])
    const live = list.rows.filter((row) => row.phase === 'live')
    const rows = rowsWithToday(live, byCampaign).sort(
      (left, right) => (right.today?.impressions ?? 0) - (left.today?.impressions ?? 0)
    )
    return renderPage(
      ctx,
      'dashboard',
      { title: 'Dashboard', ...frame, rows: rows.slice(0, LIVE_ROWS) },
      {
        live: {
          component: 'live_dashboard',
          props: { live: liveOf(today, frame.zone), source: '/admin/live.json' },
        },
      }
    )
  }

  /** Today's figures again, for the live part of the page. */
  async live({ principal, response }: HttpContext) {
    const [today, organisation] = await Promise.all([
      this.reporting.today(principal),
      this.identity.organisation(principal.organisationId),
    ])
    response.json(liveOf(today, organisation?.timeZone ?? 'UTC'))
  }
}
