/** HTTP of delivery and tracking. Nothing imports it but the app, which mounts its routes, and compatibility fronts. */
import type { EdgeHeaders, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'

/** Module face. Owns serving_* tables. */
export abstract class Serving {
  /** `POST /v1/decisions`, `GET /v1/tag/:placement`, `/t/i|v|c/:token`, `/placard.js`, and what the fronts answer. */
  abstract readonly edgeRoutes: readonly EdgeRoute[]
}

/**
 * What the ids of another ad server can stand for. `ad_type` names a size (`300x250`) inside one organisation; all
 * others name one of our objects and are unique in the installation, because old tags say no organisation.
 */
export const EXTERNAL_KINDS = [
  'organisation',
  'publisher',
  'site',
  'placement',
  'ad_type',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
  'pixel',
] as const
export type ExternalKind = (typeof EXTERNAL_KINDS)[number]
export type ExternalTarget = {
  readonly organisationId: string
  /** Our id; for `ad_type` a size as `300x250`. */
  readonly object: string
}

/**
 * Ids of other ad servers beside ours, in memory. Every object of a snapshot gets a number of ten digits by itself;
 * operators add the ids that their old tags carry (`PUT /api/v1/external-ids`).
 */
export abstract class ExternalIds {
  /** What an id stands for; null when nobody has claimed it. */
  abstract find(kind: Exclude<ExternalKind, 'ad_type'>, key: string): ExternalTarget | null
  /** `300x250` for an ad type of this organisation; null when it has none of that name. */
  abstract sizeOf(organisationId: string, adType: string): string | null
  /**
   * The number that other ad servers' clients know the object by: the operator's when there is one, else ours.
   * Undefined for a moment after the object was made.
   */
  abstract numberOf(organisationId: string, kind: ExternalKind, object: string): number | undefined
}

export type FrontSize = { readonly width: number; readonly height: number }
export type FrontPlacement = {
  readonly id: string
  readonly name: string
  readonly organisationId: string
  readonly publisherId: string
  readonly siteId: string
  readonly active: boolean
  readonly sizes: readonly FrontSize[]
}
export type FrontSlot = {
  readonly placement: FrontPlacement
  /** Null: those of the placement. Sizes that it does not allow count for nothing. */
  readonly sizes: readonly FrontSize[] | null
  readonly keywords: readonly string[]
  readonly keyValues: Readonly<Record<string, readonly string[]>>
}
/** Consent as the page or its server passes it on; the gate of privacy judges it. */
export type FrontConsent = {
  readonly gdpr?: boolean
  readonly tcf?: string
  readonly gpp?: string
  readonly gppSid?: readonly number[]
  readonly usPrivacy?: string
}
export type FrontQuery = {
  /** All of one organisation; at least one. */
  readonly slots: readonly FrontSlot[]
  readonly url: string | null
  readonly referrer: string | null
  readonly consent: FrontConsent
  /** Looked at only when the consent allows an id. */
  readonly userId: string | null
  /** What a server says on behalf of a person: honoured with a token of the organisation only. */
  readonly ip: string | null
  readonly userAgent: string | null
  /** API token of the caller in whatever header the old protocol has for it; null when there is none. */
  readonly credential: string | null
}
export type FrontAd = {
  readonly lineItemId: string
  readonly campaignId: string
  readonly advertiserId: string
  readonly creativeId: string
  readonly creativeName: string
  readonly width: number
  readonly height: number
  /** HTML that is safe to put into any page. It counts nothing by itself: call `impressionUrl` when it shows. */
  readonly markup: string
  /** Absolute URL of the picture; null when the creative is none. */
  readonly imageUrl: string | null
  readonly altText: string
  readonly house: boolean
  readonly token: string
  readonly impressionUrl: string
  readonly viewableUrl: string
  readonly clickUrl: string
  /** `amount` in millionths of `currency`, per 1000 impressions or per click; null unless the caller may see prices. */
  readonly price: {
    readonly model: string
    readonly amountMicros: number
    readonly ecpmMicros: number
  } | null
}
export type FrontDecision = {
  readonly placement: FrontPlacement
  readonly ad: FrontAd | null
  /** The placement's own HTML for when nothing serves, safe like an ad's. */
  readonly fallback: { readonly markup: string; readonly width: number; readonly height: number } | null
}
/** An answer that a front passes on as it is, or takes the outcome from. */
export type FrontAnswer = {
  readonly status: number
  readonly headers: EdgeHeaders
  readonly body: Buffer | string
}

/** What a compatibility front builds its routes on. */
export type FrontParts = {
  /** Absolute, without a slash at its end; from the configuration, never from a Host header. */
  readonly origin: string
  readonly externalIds: ExternalIds
  /** False while snapshots are still loading: an unknown id may be known in a moment. */
  readonly ready: () => boolean
  /** Consent parameters of a query as tags have them: `gdpr`, `gdpr_consent`, `gpp`, `gpp_sid`, `us_privacy`. */
  readonly consentOf: (query: URLSearchParams) => FrontConsent
  /** Words as targeting compares them, without empties and repeats; those that are too long are left out. */
  readonly keywordsOf: (words: readonly string[]) => readonly string[]
  /** Strings, numbers, booleans and lists of them as key-values; what is nothing of that is left out. */
  readonly keyValuesOf: (values: Readonly<Record<string, unknown>>) => FrontSlot['keyValues']
  /** Normalised absolute http(s) URL; null for anything else. */
  readonly pageUrl: (text: string) => string | null
  /** Placement by our id; null when no organisation has it. */
  readonly placement: (id: string) => FrontPlacement | null
  /** All placements of an organisation, by id; empty when it is not known. */
  readonly placementsOf: (organisationId: string) => readonly FrontPlacement[]
  /** Fills the slots in their order and notes one `request` fact for each. */
  readonly decide: (request: EdgeRequest, query: FrontQuery) => Promise<readonly FrontDecision[]>
  /** Counts what `/t/i|v|c/:token` count, by the same rules, and says what they answer. */
  readonly track: (
    kind: 'impression' | 'viewable' | 'click',
    token: string,
    request: EdgeRequest
  ) => Promise<FrontAnswer>
}

/** The dialect of another ad server, so that its tags and clients work against ours. One instance per process. */
export abstract class CompatibilityFront {
  /** Label of its requests in the metrics. */
  abstract readonly entrance: string
  /** Exact paths where they can be: they are mounted before the management guard. */
  abstract edgeRoutes(parts: FrontParts): readonly EdgeRoute[]
}

/** The fronts of this process, in the order of `config/plugins.ts`; bound by the app. */
export abstract class CompatibilityFronts {
  abstract readonly fronts: readonly CompatibilityFront[]
}
