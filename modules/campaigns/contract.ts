/** Demand: advertisers, campaigns, line items, creatives, and the serving snapshot compiled from them. */
import type { CpmMicros, Currency, MoneyJson } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import type { ConnectionType, DeviceType } from '#modules/context/contract'
import type { Principal } from '#modules/identity/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'

/** Tiers in the order in which they are tried. */
export const TIERS = ['sponsorship', 'standard', 'price_priority', 'house'] as const
export type Tier = (typeof TIERS)[number]
/** `vcpm`: a thousand viewable impressions. */
export const PRICE_MODELS = ['cpm', 'cpc', 'cpa', 'vcpm'] as const
export type PriceModel = (typeof PRICE_MODELS)[number]
export type PriceJson = { model: PriceModel; amount: string; currency: string }
export type CampaignStatus = 'draft' | 'active' | 'paused' | 'archived'
export type LineItemStatus = 'draft' | 'active' | 'paused' | 'archived'

/**
 * One dimension of targeting. Matches when the request's value is in `include` (or `include` is absent or empty)
 * and is not in `exclude`. An unknown value never matches an `include` and never hits an `exclude`.
 * All dimensions are joined by AND, the values of one by OR.
 */
export type Rule<Value extends string = string> = {
  readonly include?: readonly Value[]
  readonly exclude?: readonly Value[]
}

/** As a rule, over items that are more than words. */
export type ListRule<Item> = { readonly include?: readonly Item[]; readonly exclude?: readonly Item[] }

/**
 * Versions of a family, both ends inclusive. A bound is compared with as many parts as it has: up to `17` takes 17.5.1.
 * A version that is unknown or not made of dotted numbers lies in no range.
 */
export type VersionRange = { readonly family: string; readonly from?: string; readonly to?: string }
/** Degrees of WGS 84, kilometres along the great circle, the edge included. */
export type Circle = { readonly latitude: number; readonly longitude: number; readonly km: number }
/** Both ends inclusive; at least one is there. */
export type NumberRange = { readonly from?: number; readonly to?: number }

/** Hours of a week: ISO weekday 1 = Monday … 7 = Sunday; from inclusive to exclusive, 0…24 in steps of 0.25 (a quarter). */
export type Daypart = { readonly days: readonly number[]; readonly fromHour: number; readonly toHour: number }

/** Key-values: all listed keys must match; several request values of a key match when any does. */
export type KeyValueRule = Rule & {
  readonly key: string
  /** Decimal numbers within one of these are as if they were in `include`, or in `exclude`. */
  readonly includeRanges?: readonly NumberRange[]
  readonly excludeRanges?: readonly NumberRange[]
}

/**
 * Segments of the person. Besides the rule, each group of `allOf` must hold one of the person's segments: an AND of
 * ORs. Without a consent a person has no segments, so neither include nor group can match.
 */
export type SegmentRule = Rule & { readonly allOf?: readonly (readonly string[])[] }

export type Targeting = {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries?: Rule
  readonly deviceTypes?: Rule<DeviceType>
  readonly operatingSystems?: Rule
  readonly browsers?: Rule
  /** Primary subtags, lower case. */
  readonly languages?: Rule
  readonly sites?: Rule
  readonly placements?: Rule
  /** Compared lower-case and trimmed. A request without keywords never matches an `include`. */
  readonly keywords?: Rule
  readonly keyValues?: readonly KeyValueRule[]
  /** Ids of segments of the organisation. */
  readonly segments?: SegmentRule
  /** Absent or empty: always. */
  readonly dayparts?: readonly Daypart[]
  /** Whose clock dayparts go by: `campaign` (as when absent), `viewer` (unknown: never), or an IANA zone. */
  readonly daypartZone?: string
  /** Country and the part of its ISO 3166-2 code behind it, such as `US-CA`. */
  readonly regions?: Rule
  /** Country and lower-case English name, such as `DE/berlin`. */
  readonly cities?: Rule
  /** IANA zone of the viewer. */
  readonly timeZones?: Rule
  readonly connectionTypes?: Rule<ConnectionType>
  readonly osVersions?: ListRule<VersionRange>
  readonly browserVersions?: ListRule<VersionRange>
  /** Beginnings of the page's path that end with a path segment: `/sport` takes `/sport/golf`, not `/sports`. */
  readonly sections?: Rule
  /** `host/path` without scheme and query; `*` stands for any characters of the host, or of the path. */
  readonly pageUrls?: Rule
  /** Words that stand next to each other in a keyword, or in the path of the page. */
  readonly phrases?: Rule
  /** Ids of the IAB Content Taxonomy 3.1; a category takes all below it. */
  readonly categories?: Rule
  readonly areas?: ListRule<Circle>
  /** Networks such as `192.0.2.0/24` or `2001:db8::/32`. */
  readonly addresses?: Rule
  /** Each group must hold, and holds when one of its alternatives does; an alternative is the AND of its dimensions. */
  readonly groups?: readonly TargetingGroup[]
}
export type Alternative = Omit<Targeting, 'groups'>
export type TargetingGroup = { readonly anyOf: readonly Alternative[] }

/** `viewable`: impressions that were seen by the MRC rule. */
export const GOAL_TYPES = ['impressions', 'clicks', 'viewable'] as const
export type Goal = { readonly type: (typeof GOAL_TYPES)[number]; readonly quantity: number }

/** At most so many impressions per person and window; days and hours are those of a wall clock, see docs/delivery-rules.md. */
export type FrequencyCap = {
  readonly impressions: number
  readonly per: 'lifetime' | 'day' | 'hour' | { readonly minutes: number }
}
export const CAP_OWNERS = ['advertiser', 'campaign', 'line_item', 'creative'] as const
/** The caps of one owner; days and hours go by the zone. */
export type SnapshotCaps = {
  readonly owner: (typeof CAP_OWNERS)[number]
  readonly id: string
  readonly timeZone: string
  readonly rules: readonly FrequencyCap[]
}

/** Whether a goal or a daily budget is spread over the day as traffic comes, or spent as fast as it can be. */
export const PACINGS = ['even', 'accelerated'] as const
export type Pacing = (typeof PACINGS)[number]

/** Whether a line item that wins a placement takes the others of the call as well. */
export const ROADBLOCKS = ['none', 'as_many_as_possible', 'all_or_none'] as const
export type Roadblock = (typeof ROADBLOCKS)[number]

/** A line item as decisions need it. Only `active` ones of `active` campaigns of active advertisers are in a snapshot. */
export type SnapshotLineItem = {
  readonly id: Id<'line_item'>
  readonly campaignId: Id<'campaign'>
  readonly advertiserId: Id<'advertiser'>
  readonly tier: Tier
  readonly priceModel: PriceModel
  /** CPM and vCPM: cpm_micros. CPC: nanos per click. CPA: nanos per conversion. House: 0. */
  readonly price: number
  /** What it is worth per 1000 impressions: CPM as it is, CPC × predicted click rate × 1000, CPA likewise. */
  readonly ecpmMicros: CpmMicros
  /** Running time: the later start and the earlier end of line item and campaign; end exclusive; null = open. */
  readonly startsAt: EpochMs
  readonly endsAt: EpochMs | null
  /** IANA zone of the campaign: dayparts and daily budgets go by it. */
  readonly timeZone: string
  readonly goal: Goal | null
  /** Sponsorship: percent of the eligible requests, 1…100; null elsewhere. */
  readonly shareOfVoice: number | null
  /** Absent: even. */
  readonly pacing?: Pacing
  readonly targeting: Targeting
  readonly creatives: readonly { readonly creativeId: Id<'creative'>; readonly weight: number }[]
  /** What it may spend of its own, within its campaign's; absent = no limit. Days are those of `timeZone`. */
  readonly budget?: SpendLimits
  /** Two line items with a key in common are not shown on one page. `advertiser:<id>` when the advertiser wants that. */
  readonly exclusionKeys?: readonly string[]
  /** Absent: none. */
  readonly roadblock?: Roadblock
  /** What the ads are about, its campaign's included; lower case. Publishers block by them. */
  readonly adCategories?: readonly string[]
}

/** What may be spent in all and on a day; null = no limit. Nanos as decimal strings, so that a section is plain JSON. */
export type SpendLimits = { readonly totalNanos: string | null; readonly dailyNanos: string | null }

/** What a campaign may spend; its days are those of the zone. */
export type SnapshotBudget = SpendLimits & {
  readonly campaignId: Id<'campaign'>
  readonly timeZone: string
}

/** What a line item may spend of its own; its days are those of its campaign's zone. */
export type LineItemBudget = SpendLimits & {
  readonly lineItemId: Id<'line_item'>
  readonly timeZone: string
}

export const CREATIVE_TYPES = ['image', 'third_party', 'html5', 'text'] as const
export type CreativeType = (typeof CREATIVE_TYPES)[number]

/** Words of a text creative; plain text, escaped by whoever shows it. */
export type CreativeContent = {
  readonly title: string
  readonly body?: string
  /** Call to action: the label of the button. */
  readonly cta?: string
  /** Who pays for it. */
  readonly sponsored?: string
}

export type SnapshotCreative = {
  readonly id: Id<'creative'>
  readonly advertiserId: Id<'advertiser'>
  readonly name: string
  readonly type: CreativeType
  readonly width: number
  readonly height: number
  /** Where a click goes; always http(s). */
  readonly landingUrl: string
  /** The landing page is told the token, as `placard_click`. Absent = it is not. */
  readonly appendClickToken?: boolean
  /** Image and HTML5: path under the creative origin, `/c/<hash>/<file>`. */
  readonly assetPath: string | null
  readonly altText: string | null
  /** Third-party markup with macros, shown in a sandboxed frame only. */
  readonly markup: string | null
  /** Text: the words that are laid out. */
  readonly content?: CreativeContent
  /** It serves from here … */
  readonly startsAt?: EpochMs
  /** … to here, exclusive; absent = as long as its line items. */
  readonly endsAt?: EpochMs
  /** Hosts, their subdomains included, that third-party markup may send a click on to. */
  readonly clickDomains?: readonly string[]
}

/** What counts conversions of an advertiser. Archived ones are not in a snapshot. */
export type SnapshotPixel = {
  readonly id: Id<'pixel'>
  readonly advertiserId: Id<'advertiser'>
  readonly active: boolean
  /** From the ad to its conversion, at most 90 days. */
  readonly windowMs: number
}

/** Everything a process needs to decide for one organisation. Plain JSON, replaced whole, never changed. */
export type ServingSnapshot = {
  readonly format: 1
  readonly organisationId: Id<'organisation'>
  /** Grows with every change of inventory or demand. */
  readonly version: number
  readonly compiledAt: EpochMs
  readonly currency: Currency
  readonly timeZone: string
  readonly placements: readonly SnapshotPlacement[]
  readonly lineItems: readonly SnapshotLineItem[]
  /** Every creative that was ever servable, paused ones included: clicks of old ads still find their landing page. */
  readonly creatives: readonly SnapshotCreative[]
  readonly budgets: readonly SnapshotBudget[]
  /** Owners that have frequency caps, by id; absent = none. */
  readonly caps?: readonly SnapshotCaps[]
  /** Absent = none. */
  readonly pixels?: readonly SnapshotPixel[]
}

/** Which segments there are; a port that audiences implements. */
export abstract class SegmentDirectory {
  /** Those of `ids` that the organisation has, archived ones included. */
  abstract existing(organisationId: Id<'organisation'>, ids: readonly string[]): Promise<ReadonlySet<string>>
}

/** What has been delivered and spent so far; published by billing, read by matching. A port that billing implements. */
export abstract class DeliveryState {
  abstract current(organisationId: Id<'organisation'>): DeliveryStateSection
}
export type DeliveryStateSection = {
  readonly version: number
  /** Net impressions, clicks and viewable impressions by line item, lifetime. */
  readonly delivered: ReadonlyMap<
    string,
    { readonly impressions: number; readonly clicks: number; readonly viewable?: number }
  >
  /** Campaigns whose total budget, or whose budget of the running day in their zone, is spent. */
  readonly spentCampaigns: ReadonlySet<string>
  /** By line item the share of its requests, 0…1, that pacing lets it compete for; one that is absent competes for all. */
  readonly pacing?: ReadonlyMap<string, number>
  /** As for campaigns: line items that have spent a budget of their own. Absent = none. */
  readonly spentLineItems?: ReadonlySet<string>
}

/** What keeps a line item from serving whatever the request; codes in docs/explain.md. */
export type StandingObstacle = {
  readonly code:
    | 'advertiser_not_active'
    | 'campaign_not_active'
    | 'line_item_not_active'
    | 'no_creative'
    | 'not_started'
    | 'ended'
  readonly detail: string
}
export type Standing = {
  readonly lineItemId: Id<'line_item'>
  readonly name: string
  readonly obstacles: readonly StandingObstacle[]
}

/** Module face. Owns campaigns_* tables. */
export abstract class Campaigns {
  abstract versions(): Promise<ReadonlyMap<Id<'organisation'>, number>>
  /** Compiles the snapshot from the database, inventory included. */
  abstract compile(organisationId: Id<'organisation'>): Promise<ServingSnapshot>
  /** Lets the version grow, so that serving compiles anew: something outside of demand and supply has changed. */
  abstract touch(organisationId: Id<'organisation'>): Promise<void>
  /** Names by id of advertisers, campaigns, line items and creatives; unknown ids are absent. */
  abstract names(
    organisationId: Id<'organisation'>,
    ids: readonly string[]
  ): Promise<ReadonlyMap<string, string>>
  abstract lineItemsOf(
    organisationId: Id<'organisation'>,
    filter: { campaignIds?: readonly string[]; advertiserIds?: readonly string[] }
  ): Promise<readonly { id: Id<'line_item'>; campaignId: Id<'campaign'> }[]>
  /** Where a line item stands before any request; null when it does not exist for the principal. */
  abstract standing(principal: Principal, lineItemId: string): Promise<Standing | null>
  /** Line items that a principal may see: null means all of its organisation. */
  abstract visibleLineItems(principal: Principal): Promise<readonly Id<'line_item'>[] | null>
  abstract budgets(organisationId: Id<'organisation'>): Promise<readonly SnapshotBudget[]>
  /** Of line items that have one, archived ones included. */
  abstract lineItemBudgets(organisationId: Id<'organisation'>): Promise<readonly LineItemBudget[]>
  /** Pages for the admin. */
  abstract list(
    principal: Principal,
    query: CampaignQuery
  ): Promise<{ rows: readonly CampaignSummary[]; nextCursor: string | null; total: number }>
  abstract detail(principal: Principal, id: string): Promise<CampaignDetail | null>
  abstract setStatus(
    principal: Principal,
    id: string,
    status: CampaignStatus,
    reason: string | null
  ): Promise<'done' | 'not_found' | { refused: string }>
}

export type CampaignQuery = {
  search?: string
  status?: CampaignStatus
  advertiserId?: string
  sort?: string
  cursor?: string
  limit?: number
}
export type CampaignSummary = {
  id: Id<'campaign'>
  name: string
  advertiserId: Id<'advertiser'>
  advertiserName: string
  status: CampaignStatus
  /** What the status means now: `scheduled`, `live`, `ended`, `paused`, `draft`, `archived`. */
  phase: 'draft' | 'scheduled' | 'live' | 'paused' | 'ended' | 'archived'
  startsAt: EpochMs
  endsAt: EpochMs | null
  timeZone: string
  budgetTotal: MoneyJson | null
  budgetDaily: MoneyJson | null
  lineItemCount: number
}
export type CampaignDetail = CampaignSummary & {
  statusReason: string | null
  lineItems: readonly LineItemDetail[]
}
export type LineItemDetail = {
  id: Id<'line_item'>
  name: string
  tier: Tier
  status: LineItemStatus
  price: PriceJson | null
  /** Its own, besides its campaign's; null = no limit. */
  budgetTotal: MoneyJson | null
  budgetDaily: MoneyJson | null
  goal: Goal | null
  shareOfVoice: number | null
  startsAt: EpochMs
  endsAt: EpochMs | null
  targeting: Targeting
  creatives: readonly {
    id: Id<'creative'>
    name: string
    width: number
    height: number
    weight: number
    type: string
    assetPath: string | null
  }[]
}

/** Seeding; the same rules as the API. Money and prices as in the public contract. */
export abstract class CampaignsProvisioning {
  abstract createAdvertiser(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>
  ): Promise<Id<'advertiser'>>
  abstract createCampaign(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>
  ): Promise<Id<'campaign'>>
  abstract createLineItem(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>
  ): Promise<Id<'line_item'>>
  /** `file` for images; the bytes are decoded and encoded anew. */
  abstract createCreative(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>,
    file?: Buffer
  ): Promise<Id<'creative'>>
}

export { describeTargeting } from '#modules/campaigns/services/targeting_sentence'
