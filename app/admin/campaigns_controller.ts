import { inject } from '@adonisjs/core'
import { errors, type HttpContext } from '@adonisjs/core/http'
import { frameOf } from '#app/admin/frame'
import { renderPage } from '#app/admin/render'
import { dayIn, rowsWithToday, todayByCampaign, totalsOf } from '#app/admin/figures'
import {
  Campaigns,
  describeTargeting,
  type CampaignDetail,
  type CampaignStatus,
  type CampaignSummary,
  type LineItemDetail,
} from '#modules/campaigns/contract'
import { Identity } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { isUuid, type Id } from '#modules/kernel/ids'
import { DAY_MS } from '#modules/kernel/time'
import { Reporting, type Metrics } from '#modules/reporting/contract'

const PAGE_ROWS = 50
const DAYS_SHOWN = 14
const LIFETIME_SHOWN_MS = 3_600 * DAY_MS // what one report may span
const STATUSES = new Set(['draft', 'active', 'paused', 'archived'])
const SORTS = new Set(['name', '-name', 'startsAt', '-startsAt'])
const MOVES = new Map<string, { to: CampaignStatus; label: string; done: string }>([
  [
    'activate',
    { to: 'active', label: 'Activate', done: 'The campaign is active; it serves within seconds.' },
  ],
  [
    'pause',
    { to: 'paused', label: 'Pause', done: 'The campaign is paused; its last ad is gone within seconds.' },
  ],
])

/** Pages about campaigns. */
@inject()
export default class CampaignsController {
  constructor(
    private identity: Identity,
    private campaigns: Campaigns,
    private inventory: Inventory,
    private reporting: Reporting
  ) {}

  async index(ctx: HttpContext) {
    const query = readQuery(ctx.request.qs())
    const frame = await frameOf(ctx, this.identity)
    const [list, today] = await Promise.all([
      this.campaigns.list(ctx.principal, {
        search: query.search || undefined,
        status: (query.status || undefined) as CampaignStatus | undefined,
        sort: query.sort || undefined,
        cursor: query.cursor,
        limit: PAGE_ROWS,
      }),
      todayByCampaign(this.reporting, ctx.principal, frame.zone),
    ])
    const href = (cursor: string | null) =>
      `/admin/campaigns?${new URLSearchParams({ q: query.search, status: query.status, sort: query.sort, ...(cursor ? { cursor } : {}) })}`
    return renderPage(ctx, 'campaigns', {
      title: 'Campaigns',
      ...frame,
      rows: rowsWithToday(list.rows, today),
      total: list.total,
      query,
      nextHref: list.nextCursor ? href(list.nextCursor) : null,
      firstHref: query.cursor ? href(null) : null,
    })
  }

  async show(ctx: HttpContext) {
    const campaign = await this.find(ctx)
    const frame = await frameOf(ctx, this.identity)
    const zone = campaign.timeZone
    const now = Date.now()
    const range = {
      from: dayIn(zone, now - (DAYS_SHOWN - 1) * DAY_MS),
      to: dayIn(zone, now),
      zone,
      filter: { campaign: [campaign.id] },
    }
    // a goal counts from the first day on
    const lifetime = dayIn(zone, Math.max(Math.min(campaign.startsAt, now), now - LIFETIME_SHOWN_MS))
    const [days, lines, names] = await Promise.all([
      this.report(ctx, { ...range, granularity: 'day' as const }),
      this.report(ctx, {
        ...range,
        from: lifetime,
        granularity: 'total' as const,
        group: ['line_item' as const],
      }),
      this.namesOf(ctx.principal.organisationId, campaign),
    ])
    const byLine = new Map(lines.rows.map((row) => [row.line_item ?? '', row as Metrics]))
    const empty: Metrics = {
      ...days.total,
      requests: 0,
      impressions: 0,
      viewable: 0,
      measurable: 0,
      viewableRate: 0,
      clicks: 0,
      ctr: 0,
      spend: { amount: '0.000000000', currency: frame.currency },
      gross: { impressions: 0, viewable: 0, clicks: 0, measurable: 0 },
      filtered: {},
    }
    return renderPage(ctx, 'campaign', {
      title: campaign.name,
      ...frame,
      campaign: { ...campaign, lineItems: undefined },
      lines: campaign.lineItems.map((line) =>
        lineProps(line, campaign, names, byLine.get(line.id) ?? empty, now)
      ),
      days: days.rows.map((row) => ({ day: (row.time ?? '').slice(0, 10), delivery: totalsOf(row) })),
      total: totalsOf(days.total),
      period: `last ${DAYS_SHOWN} days (${zone})`,
      asOf: new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' }).format(
        Date.parse(days.asOf)
      ),
      moves: ctx.principal.permissions.has('demand.write') ? movesOf(campaign) : [],
    })
  }

  /** Activates or pauses, then shows the campaign again. */
  async move(ctx: HttpContext) {
    const move = MOVES.get(ctx.params.action as string)
    if (!move || !isUuid(ctx.params.id)) throw new errors.E_ROUTE_NOT_FOUND(['POST', ctx.request.url()])
    if (!ctx.principal.permissions.has('demand.write')) return ctx.response.abort('Not allowed', 403)
    const outcome = await this.campaigns.setStatus(ctx.principal, ctx.params.id, move.to, null)
    if (outcome === 'not_found') throw new errors.E_ROUTE_NOT_FOUND(['POST', ctx.request.url()])
    if (outcome === 'done') ctx.session.flash('notice', move.done)
    else ctx.session.flash('error', outcome.refused)
    return ctx.response.redirect(`/admin/campaigns/${ctx.params.id}`)
  }

  private async find(ctx: HttpContext): Promise<CampaignDetail> {
    const campaign = isUuid(ctx.params.id) ? await this.campaigns.detail(ctx.principal, ctx.params.id) : null
    if (!campaign) throw new errors.E_ROUTE_NOT_FOUND(['GET', ctx.request.url()])
    return campaign
  }

  private async report(ctx: HttpContext, query: Parameters<Reporting['delivery']>[1]) {
    const report = await this.reporting.delivery(ctx.principal, query)
    if (!report.ok) throw new Error(`The campaign's report was refused: ${JSON.stringify(report.error)}`)
    return report.value
  }

  private async namesOf(
    organisationId: Id<'organisation'>,
    campaign: CampaignDetail
  ): Promise<ReadonlyMap<string, string>> {
    const ids = campaign.lineItems.flatMap(({ targeting }) =>
      [targeting.sites, targeting.placements].flatMap((rule) => [
        ...(rule?.include ?? []),
        ...(rule?.exclude ?? []),
      ])
    )
    return ids.length === 0 ? new Map() : this.inventory.names(organisationId, ids)
  }
}

/** Query of the list; anything unknown counts as not given. */
function readQuery(query: Record<string, unknown>): {
  search: string
  status: string
  sort: string
  cursor: string | undefined
} {
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 2_000) : '')
  const status = text(query.status)
  const sort = text(query.sort)
  return {
    search: text(query.q).slice(0, 200),
    status: STATUSES.has(status) ? status : '',
    sort: SORTS.has(sort) ? sort : '',
    cursor: text(query.cursor) || undefined,
  }
}

function movesOf(campaign: CampaignSummary) {
  const action =
    campaign.status === 'active'
      ? 'pause'
      : campaign.status === 'draft' || campaign.status === 'paused'
        ? 'activate'
        : null
  return action ? [{ action, label: MOVES.get(action)!.label, primary: action === 'activate' }] : []
}

function lineProps(
  line: LineItemDetail,
  campaign: CampaignDetail,
  names: ReadonlyMap<string, string>,
  delivery: Metrics,
  now: number
) {
  const running =
    line.status !== 'active'
      ? line.status
      : line.startsAt > now
        ? 'scheduled'
        : line.endsAt !== null && line.endsAt <= now
          ? 'ended'
          : campaign.phase === 'live'
            ? 'live'
            : campaign.phase
  const done = line.goal?.type === 'clicks' ? delivery.clicks : delivery.impressions
  return {
    ...line,
    phase: running,
    price: line.price
      ? `${trimMoney(line.price.amount)} ${line.price.currency} ${line.price.model.toUpperCase()}`
      : line.tier === 'house'
        ? 'free (house)'
        : 'none yet',
    goal: line.goal ? line.goal.type : null,
    progress: line.goal ? { done, goal: line.goal.quantity } : null,
    targeting: describeTargeting(line.targeting, names),
    delivery: totalsOf(delivery),
    creatives: line.creatives.map((creative) => ({ ...creative, assetUrl: creative.assetPath })),
  }
}

/** `2.500000000` → `2.50`; finer amounts keep their digits. */
function trimMoney(amount: string): string {
  const [whole, fraction = ''] = amount.split('.')
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}
