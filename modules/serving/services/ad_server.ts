import type { Random } from '#modules/kernel/random'
import { newId } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { DEVICE_TYPES, type RequestFacts } from '#modules/context/contract'
import { CHARGE, FACT_KIND, TOKEN_LIFETIME_MS } from '#modules/events/contract'
import type { Charge, EventLog, TokenClaims, TokenCodec } from '#modules/events/contract'
import type { Size, SnapshotPlacement } from '#modules/inventory/contract'
import type { ConsentDecision, ConsentSignals } from '#modules/privacy/contract'
import type {
  CapSubject,
  FrequencyCaps,
  Match,
  MatchEngine,
  MatchInput,
  NoServe,
  RequestSampler,
} from '#modules/matching/contract'
import { servingMetrics } from '#modules/serving/metrics'
import { CallPlan } from '#modules/serving/services/call_plan'
import type { MacroContext } from '#modules/serving/services/macros'
import { whereabouts } from '#modules/serving/services/whereabouts'
import { fallbackMarkup, markupOf } from '#modules/serving/services/markup'
import type { KeyValues } from '#modules/serving/services/field_reader'
import type { PageMemory } from '#modules/serving/services/page_memory'

export type AdUrls = {
  readonly impression: string
  readonly viewable: string
  /** Called beside the impression by whoever can measure whether the ad is seen. */
  readonly measurable: string
  readonly click: string
  readonly events: Readonly<Record<string, string>>
}
export type Ad = {
  readonly lineItemId: string
  readonly creativeId: string
  readonly width: number
  readonly height: number
  readonly mediaType: 'banner'
  readonly markup: string
  readonly urls: AdUrls
}
export type Fallback = { readonly width: number; readonly height: number; readonly markup: string }
/** One element of `decisions`. `fallback` is there when no ad serves and the placement has something to show instead. */
export type Decision = { readonly placementId: string; readonly ad: Ad | null; readonly fallback?: Fallback }

/** One slot to fill; a placement that is asked for `count` times is so many slots. */
export type SlotQuery = {
  readonly placement: SnapshotPlacement
  readonly sizes: readonly Size[] | null
  readonly keywords: readonly string[]
  readonly keyValues: KeyValues
  /** Normalised address of the page; absent or null = unknown. */
  readonly pageUrl?: string | null
  /** Ids of the IAB Content Taxonomy 3.1, parents included. */
  readonly categories?: readonly string[]
}

/** Everything known about whoever asks. `subjectRef` is null unless the consent allows an id. */
export type Viewer = {
  readonly facts: RequestFacts
  readonly consent: ConsentDecision
  /** As they came; macros pass them on. */
  readonly signals?: ConsentSignals
  readonly page?: { readonly url: string | null; readonly referrer: string | null }
  readonly subjectRef: Buffer | null
  /** Ids of the segments that the person is in; absent unless the consent allows an id. */
  readonly segments?: readonly string[]
  /** Under what the person's ads are counted; null or absent unless the consent allows an id. */
  readonly capRef?: Buffer | null
  /** Made up by the page, kept in its memory only: of this view of the page, and of the visit it belongs to. */
  readonly pageView?: string | null
  readonly session?: string | null
}
export type Explained = ReadonlyMap<string, ReadonlyMap<string, NoServe | null>>

export type AdServerSettings = { readonly origin: string; readonly creativeOrigin: string }
export type AdServerParts = {
  readonly random: Random
  readonly codec: TokenCodec
  readonly log: EventLog
  readonly settings: AdServerSettings
  readonly caps: FrequencyCaps
  readonly pages: PageMemory
  /** Takes a sample of people's requests, for questions about traffic. */
  readonly sampler?: RequestSampler
}

const bannersFilled = servingMetrics.slots.with('filled')
const bannersEmpty = servingMetrics.slots.with('empty')

/** Fills slots: asks the engine, signs one token per ad, writes the markup, notes one `request` fact per slot. */
export class AdServer {
  constructor(private readonly parts: AdServerParts) {}

  /**
   * Decides slot by slot, in order; a line item is not used twice while others match.
   *
   * @param explained when given, receives for each placement what `MatchEngine.explain` says of its first slot
   */
  serve(
    engine: MatchEngine,
    slots: readonly SlotQuery[],
    viewer: Viewer,
    nowMs: EpochMs,
    explained?: Map<string, ReadonlyMap<string, NoServe | null>>
  ): Decision[] {
    const { organisationId } = engine.snapshot
    const page = this.parts.pages.open(organisationId, viewer.pageView ?? null, nowMs)
    const tally = this.parts.caps.open(engine.snapshot, capSubjectOf(organisationId, viewer), nowMs)
    const inputs = slots.map((slot) => {
      const input = { ...this.inputOf(slot, viewer.facts, nowMs, page.used), pageKeys: page.keys }
      if (!viewer.facts.agent.bot) this.parts.sampler?.note(organisationId, input)
      // Segments come after the sample, which keeps nothing of the person.
      const asked = viewer.segments?.length ? { ...input, segments: viewer.segments } : input
      return tally === null ? asked : { ...asked, capped: tally.capped }
    })
    const plan = new CallPlan(
      engine,
      inputs.map((input, at) => (slots[at]!.placement.active ? input : null)),
      page,
      tally
    )
    const tell = (slot: number, input: MatchInput) => {
      const { id } = slots[slot]!.placement
      if (explained && !explained.has(id)) explained.set(id, engine.explain(input))
    }
    const matches = plan.decide(explained && tell)
    if (explained) for (const [at, input] of inputs.entries()) tell(at, input)
    return slots.map((slot, at) => this.decisionOf(engine, slot, matches[at]!, viewer, nowMs))
  }

  private inputOf(
    slot: SlotQuery,
    facts: RequestFacts,
    nowMs: number,
    used: ReadonlySet<string>
  ): MatchInput {
    const { agent, geo } = facts
    return {
      placementId: slot.placement.id,
      sizes: slot.sizes,
      country: geo.country,
      deviceType: agent.deviceType,
      os: agent.os,
      browser: agent.browser,
      language: facts.language,
      keywords: slot.keywords,
      keyValues: slot.keyValues,
      ...whereabouts(facts),
      osVersion: agent.osVersion,
      browserVersion: agent.browserVersion,
      pageUrl: slot.pageUrl,
      categories: slot.categories,
      nowMs,
      draw: [this.parts.random.uint32(), this.parts.random.uint32()],
      used,
    }
  }

  private decisionOf(
    engine: MatchEngine,
    slot: SlotQuery,
    match: Match | null,
    viewer: Viewer,
    nowMs: EpochMs
  ): Decision {
    const claims = claimsOf(engine, slot.placement, match, viewer, nowMs)
    const ad = match && this.adOf(match, claims as TokenClaims, viewer)
    this.note(ad ? claims : { ...claims, ...NO_AD }, viewer, nowMs)
    if (ad) {
      bannersFilled.inc()
      return { placementId: slot.placement.id, ad }
    }
    bannersEmpty.inc()
    return { placementId: slot.placement.id, ad: null, ...fallbackOf(slot) }
  }

  /** Null when the creative cannot be shown; the slot then stays empty and is counted so. */
  private adOf(match: Match, claims: TokenClaims, viewer: Viewer): Ad | null {
    const { origin, creativeOrigin } = this.parts.settings
    const token = this.parts.codec.write(claims)
    const urls = {
      impression: `${origin}/t/i/${token}`,
      viewable: `${origin}/t/v/${token}`,
      measurable: `${origin}/t/m/${token}`,
      click: `${origin}/t/c/${token}`,
      events: {},
    }
    const cacheBuster = this.parts.random.uint32()
    const context = macroContextOf(match, claims, viewer)
    const markup = markupOf(match.creative, { clickUrl: urls.click, creativeOrigin, cacheBuster, context })
    if (markup === null) return null
    const { id: creativeId, width, height } = match.creative
    return { lineItemId: match.lineItem.id, creativeId, width, height, mediaType: 'banner', markup, urls }
  }

  private note(claims: SlotClaims, viewer: Viewer, nowMs: EpochMs): void {
    const { expiresAt, ...copied } = claims
    const filter = viewer.facts.agent.bot ? 'bot' : null
    const taken = this.parts.log.note({ ...copied, kind: FACT_KIND.request, filter, receivedAt: nowMs })
    if (!taken) servingMetrics.unnoted.inc()
  }
}

/** What third-party markup may be told. Consent strings are passed on as they came. */
function macroContextOf(match: Match, claims: TokenClaims, { page, signals }: Viewer): MacroContext {
  return {
    pageUrl: page?.url ?? null,
    referrer: page?.referrer ?? null,
    placementId: claims.placementId,
    lineItemId: match.lineItem.id,
    campaignId: match.lineItem.campaignId,
    creativeId: match.creative.id,
    ...(signals ? { signals } : {}),
  }
}

/** Claims of a slot: those of a token, without line item and creative when nothing serves. */
type SlotClaims = Omit<TokenClaims, 'lineItemId' | 'creativeId'> & {
  readonly lineItemId: TokenClaims['lineItemId'] | null
  readonly creativeId: TokenClaims['creativeId'] | null
}
const NO_AD = { lineItemId: null, creativeId: null, charge: CHARGE.none, price: 0 } as const

/** What the token of a slot says, or the `request` fact of one that stays empty. */
export function claimsOf(
  engine: MatchEngine,
  placement: SnapshotPlacement,
  match: Match | null,
  { facts, consent, subjectRef }: Viewer,
  nowMs: EpochMs
): SlotClaims {
  const device = facts.agent.deviceType === null ? -1 : DEVICE_TYPES.indexOf(facts.agent.deviceType)
  const charge = match ? chargeKindOf(match) : CHARGE.none
  return {
    id: newId(nowMs),
    organisationId: engine.snapshot.organisationId,
    placementId: placement.id,
    lineItemId: match?.lineItem.id ?? null,
    creativeId: match?.creative.id ?? null,
    charge,
    price: match && charge !== CHARGE.none ? match.lineItem.price : 0,
    currency: engine.snapshot.currency,
    purposes: consent.purposes,
    subjectRef,
    country: facts.geo.country,
    device: device === -1 ? null : device,
    expiresAt: (nowMs + TOKEN_LIFETIME_MS) as EpochMs,
  }
}

function chargeKindOf({ lineItem }: Match): Charge {
  if (lineItem.tier === 'house' || lineItem.price === 0) return CHARGE.none
  return CHARGE[lineItem.priceModel]
}

function fallbackOf({ placement, sizes }: SlotQuery): { fallback?: Fallback } {
  const size = sizes?.[0] ?? placement.sizes[0]
  if (placement.fallback.type === 'none' || size === undefined || !placement.active) return {}
  const { width, height } = size
  return { fallback: { width, height, markup: fallbackMarkup(placement.fallback.markup, size) } }
}

/** The person where the consent allows an id, else the visit, else the page; null when only the call is known. */
function capSubjectOf(organisationId: string, viewer: Viewer): CapSubject | null {
  if (viewer.capRef) return { key: viewer.capRef.toString('base64url'), kept: true }
  const passing = viewer.session ?? viewer.pageView ?? null
  return passing === null ? null : { key: `${organisationId} ${passing}`, kept: false }
}
