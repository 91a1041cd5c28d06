/** One engine for serving and for the bidder: which line item, and which of its creatives, answers a request. */
import type { Id } from '#modules/kernel/ids'
import type { Size } from '#modules/inventory/contract'
import type {
  DeliveryStateSection,
  ServingSnapshot,
  SnapshotCreative,
  SnapshotLineItem,
} from '#modules/campaigns/contract'

/** What a decision goes by. Everything that may change the outcome is in here: same input, same answer. */
export type MatchInput = {
  readonly placementId: string
  /** Sizes asked for; null = those of the placement. Only sizes that the placement allows count. */
  readonly sizes: readonly Size[] | null
  readonly country: string | null
  readonly deviceType: string | null
  readonly os: string | null
  readonly browser: string | null
  readonly language: string | null
  /** Lower-case, trimmed. */
  readonly keywords: readonly string[]
  readonly keyValues: Readonly<Record<string, readonly string[]>>
  /** Ids of the segments that the person is in; absent = none, which is also what no consent means. */
  readonly segments?: readonly string[]
  /** What follows is unknown when absent or null. `US-CA`: country and region. */
  readonly region?: string | null
  /** `DE/berlin`: country and lower-case English name. */
  readonly city?: string | null
  /** IANA zone of the viewer. */
  readonly timeZone?: string | null
  readonly connectionType?: string | null
  readonly osVersion?: string | null
  readonly browserVersion?: string | null
  /** Normalised absolute http(s) address of the page. */
  readonly pageUrl?: string | null
  /** Ids of the IAB Content Taxonomy 3.1, their parents included; those of the placement are added. */
  readonly categories?: readonly string[]
  readonly latitude?: number | null
  readonly longitude?: number | null
  /** Full client address; in memory only. */
  readonly address?: string | null
  readonly nowMs: number
  /** Two draws of 32 bits: share of voice and ties; creative weights. */
  readonly draw: readonly [number, number]
  /** Line items already used on this page view by earlier placements of the same call; they are not chosen again while others match. */
  readonly used: ReadonlySet<string>
  /** Ids of advertisers, campaigns, line items and creatives of which this person may see no more for now. */
  readonly capped?: ReadonlySet<string>
  /** Exclusion keys of what is on the page already. */
  readonly pageKeys?: ReadonlySet<string>
  /** The only line item that may serve: the one whose roadblock fills the call. */
  readonly only?: string
  /** Line items that may not serve because their roadblock cannot fill the call. */
  readonly without?: ReadonlySet<string>
}

export type Match = { readonly lineItem: SnapshotLineItem; readonly creative: SnapshotCreative }

/** Stable codes of why a line item did not serve a request; documented in docs/explain.md, reused by every later part. */
export const NO_SERVE = [
  'paused',
  'not_started',
  'ended',
  'daypart',
  'budget_spent',
  'goal_reached',
  'placement',
  'site',
  'size',
  'no_creative',
  'floor',
  'publisher_block',
  'country',
  'device_type',
  'os',
  'browser',
  'language',
  'keywords',
  'key_values',
  'segments',
  'region',
  'city',
  'time_zone',
  'connection_type',
  'os_version',
  'browser_version',
  'section',
  'page_url',
  'phrases',
  'categories',
  'area',
  'address',
  'group',
  'frequency_cap',
  'competitive_exclusion',
  'roadblock',
  'pacing',
  'outranked',
  'share_of_voice',
  'already_on_page',
] as const
export type NoServe = (typeof NO_SERVE)[number]

/** A compiled snapshot. Built off the path, swapped whole, never changed by a decision. */
export abstract class MatchEngine {
  abstract readonly snapshot: ServingSnapshot
  /** The winner, or null when nothing may serve. Synchronous, no I/O, no clock. */
  abstract decide(input: MatchInput): Match | null
  /** For each line item of the snapshot the one reason why it did not serve `input`; the winner has null. */
  abstract explain(input: MatchInput): ReadonlyMap<string, NoServe | null>
  /** Takes what has been delivered and spent; cheap, called whenever the section changes. */
  abstract setState(state: DeliveryStateSection): void
}

/** Holds one engine per organisation, follows snapshot versions, finds the organisation of a placement. */
export abstract class Matching {
  /** Engine that knows the placement; null when no organisation has it. */
  abstract engineOf(placementId: string): MatchEngine | null
  abstract engine(organisationId: Id<'organisation'>): MatchEngine | null
  abstract engines(): Iterable<MatchEngine>
  /** True once every organisation's snapshot has been loaded for the first time. */
  abstract readonly ready: boolean
  /** Looks for new versions now (also done by itself at least every second). */
  abstract refresh(): Promise<void>
}

/** Keeps samples of ad requests without personal data, for questions about traffic. */
export abstract class RequestSampler {
  /** Offers a request to the sample. Runs on the path of a request: no I/O, no allocation unless it is kept. */
  abstract note(organisationId: Id<'organisation'>, input: MatchInput): void
}

/** Whom caps count for. `kept`: a reference to a first-party id that the consent allows; else an id of a page view. */
export type CapSubject = { readonly key: string; readonly kept: boolean }

/** The caps of one call: what is capped now, growing as its ads are decided. */
export abstract class CapTally {
  /** Ids of advertisers, campaigns, line items and creatives; the same set, changed in place. */
  abstract readonly capped: ReadonlySet<string>
  /** Counts an ad at its decision, so that two placements of a call cannot both be the last that a cap allows. */
  abstract count(match: Match): void
  /** Takes back an ad of this call that is not given out after all. */
  abstract uncount(match: Match): void
}

/** Frequency caps, kept in the process. Synchronous, no I/O. */
export abstract class FrequencyCaps {
  /** Null when the snapshot has no caps. Without a subject the caps bind within the call only. */
  abstract open(snapshot: ServingSnapshot, subject: CapSubject | null, nowMs: number): CapTally | null
}
