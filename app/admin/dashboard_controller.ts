import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { frameOf } from '#app/admin/frame'
import { renderPage } from '#app/admin/render'
import { liveOf, rowsWithToday, todayByCampaign } from '#app/admin/figures'
import { Campaigns } from '#modules/campaigns/contract'
import { Identity, type Principal } from '#modules/identity/contract'
import { Reporting } from '#modules/reporting/contract'
import type { CampaignRow } from '../../resources/admin/components/types.ts'

/** Rows on the dashboard; the list page has the rest. */
const LIVE_ROWS = 12
const CAMPAIGNS_LOOKED_AT = 200

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
    if (!ctx.principal.permissions.has('reports.read')) {
      const text =
        'Delivery and spend are for those who sell, buy or keep the books. Ask an owner of your organisation.'
      return renderPage(ctx, 'nothing', { title: 'Dashboard', ...frame, text })
    }
    const [today, rows] = await Promise.all([
      this.reporting.today(ctx.principal),
      ctx.principal.permissions.has('demand.read') ? this.liveCampaigns(ctx.principal, frame.zone) : null,
    ])
    return renderPage(
      ctx,
      'dashboard',
      { title: 'Dashboard', ...frame, rows },
      {
        live: {
          component: 'live_dashboard',
          props: { live: liveOf(today, frame.zone), source: '/admin/live.json' },
        },
      }
    )
  }

  /** The campaigns that delivered most today, of those that are live. */
  private async liveCampaigns(principal: Principal, zone: string): Promise<CampaignRow[]> {
    const [list, byCampaign] = await Promise.all([
      this.campaigns.list(principal, { status: 'active', limit: CAMPAIGNS_LOOKED_AT }),
      todayByCampaign(this.reporting, principal, zone),
    ])
    const live = list.rows.filter((row) => row.phase === 'live')
    return rowsWithToday(live, byCampaign)
      .sort((left, right) => (right.today?.impressions ?? 0) - (left.today?.impressions ?? 0))
      .slice(0, LIVE_ROWS)
  }

  /** Today's figures again, for the live part of the page. */
  async live({ principal, response }: HttpContext) {
    if (!principal.permissions.has('reports.read')) {
      return response.status(403).json({ code: 'E_NOT_ALLOWED' })
    }
    const [today, organisation] = await Promise.all([
      this.reporting.today(principal),
      this.identity.organisation(principal.organisationId),
    ])
    return response.json(liveOf(today, organisation?.timeZone ?? 'UTC'))
  }
}
