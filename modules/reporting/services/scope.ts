import { err, ok, type Result } from '#modules/kernel/result'
import type { Principal } from '#modules/identity/contract'
import type { Inventory } from '#modules/inventory/contract'
import type { Campaigns } from '#modules/campaigns/contract'
import type { ReportFailure } from '#modules/reporting/contract'
import type { Plan } from '#modules/reporting/services/plan'

/** What a principal may see: all, or the rows of these line items and of these placements. */
export type Visible = { readonly lineItems: readonly string[]; readonly placements: readonly string[] } | null

export type Scope = {
  readonly visible: Visible
  /** Null: not narrowed. */
  readonly lineItems: readonly string[] | null
  readonly placements: readonly string[] | null
  /** Campaign by line item, when the query asks for campaigns; else empty. */
  readonly campaignOf: ReadonlyMap<string, string>
}

/** Finds what a query may touch. Ids that do not exist for the principal are `not_found`, foreign ones included. */
export class Scoping {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly inventory: Inventory
  ) {}

  async of(principal: Principal, plan: Plan): Promise<Result<Scope, ReportFailure>> {
    const visible = await this.visible(principal)
    const placements = await this.placements(principal, plan, visible)
    if (!placements) return notFound('placement')
    const { campaign, line_item: lineItem } = plan.filter
    if (campaign.length === 0 && lineItem.length === 0 && !plan.groups.includes('campaign')) {
      return ok({ visible, lineItems: null, placements: orAll(placements), campaignOf: new Map() })
    }
    const campaignOf = await this.campaignOf(principal)
    const seen = visible && new Set(visible.lineItems)
    if (lineItem.some((id) => !campaignOf.has(id) || (seen && !seen.has(id)))) return notFound('line_item')
    const ofCampaigns = await this.lineItemsOf(principal, campaign, campaignOf, seen)
    if (!ofCampaigns) return notFound('campaign')
    const wanted = narrowed(lineItem, campaign.length > 0 ? ofCampaigns : null)
    return ok({ visible, lineItems: wanted, placements: orAll(placements), campaignOf })
  }

  /** A person of an advertiser sees its line items, one of a publisher its placements, whichever of the two a row has. */
  private async visible(principal: Principal): Promise<Visible> {
    if (principal.parties === null) return null
    const types = new Set(principal.parties.map(({ type }) => type))
    return {
      lineItems: types.has('advertiser') ? ((await this.campaigns.visibleLineItems(principal)) ?? []) : [],
      placements: types.has('publisher') ? ((await this.inventory.visiblePlacements(principal)) ?? []) : [],
    }
  }

  private async placements(
    principal: Principal,
    plan: Plan,
    visible: Visible
  ): Promise<readonly string[] | null> {
    const wanted = plan.filter.placement
    if (wanted.length === 0) return wanted
    const known = visible
      ? new Set(visible.placements)
      : (await this.inventory.existing(principal.organisationId, { sites: [], placements: wanted }))
          .placements
    return wanted.every((id) => known.has(id)) ? wanted : null
  }

  private async campaignOf(principal: Principal): Promise<ReadonlyMap<string, string>> {
    const lineItems = await this.campaigns.lineItemsOf(principal.organisationId, {})
    return new Map(lineItems.map(({ id, campaignId }) => [id, campaignId]))
  }

  /** Line items of campaigns; null when one of the campaigns does not exist for the principal. */
  private async lineItemsOf(
    principal: Principal,
    wanted: readonly string[],
    campaignOf: ReadonlyMap<string, string>,
    seen: ReadonlySet<string> | null
  ): Promise<string[] | null> {
    const asked = new Set(wanted)
    const found = [...campaignOf].filter(([id, campaign]) => asked.has(campaign) && (!seen || seen.has(id)))
    for (const [, campaign] of found) asked.delete(campaign)
    for (const campaign of asked) {
      // a campaign without a line item is known to campaigns alone
      if (!(await this.campaigns.detail(principal, campaign))) return null
    }
    return found.map(([id]) => id)
  }
}

function narrowed(
  lineItems: readonly string[],
  ofCampaigns: readonly string[] | null
): readonly string[] | null {
  if (!ofCampaigns) return orAll(lineItems)
  if (lineItems.length === 0) return ofCampaigns
  const both = new Set(ofCampaigns)
  return lineItems.filter((id) => both.has(id))
}

function orAll(ids: readonly string[]): readonly string[] | null {
  return ids.length === 0 ? null : ids
}

function notFound(field: string): { ok: false; error: ReportFailure } {
  return err({ type: 'not_found', field, detail: 'names something that does not exist' })
}
