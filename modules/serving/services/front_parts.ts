import type { EdgeHeaders, EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import type { Id } from '#modules/kernel/ids'
import type { RequestFacts } from '#modules/context/contract'
import type { Principal } from '#modules/identity/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'
import type { ServingSnapshot, SnapshotLineItem } from '#modules/campaigns/contract'
import type { MatchEngine } from '#modules/matching/contract'
import type {
  ExternalIds,
  FrontAd,
  FrontAnswer,
  FrontDecision,
  FrontParts,
  FrontPlacement,
  FrontQuery,
} from '#modules/serving/contract'
import * as limits from '#modules/serving/limits'
import type { ServingParts } from '#modules/serving/parts'
import type { Ad, Decision, Viewer } from '#modules/serving/services/ad_server'
import { httpUrl, keyTextOf, type KeyValues } from '#modules/serving/services/field_reader'
import { globalPrivacyControl, signalsOf } from '#modules/serving/services/request_signals'
import { indexOf } from '#modules/serving/services/snapshot_index'
import { consentOf, usableKeywords } from '#modules/serving/services/tag_query'
import { trackerRoutes } from '#modules/serving/handlers/trackers'

const TRACKER_PATHS = { impression: '/t/i/:token', viewable: '/t/v/:token', click: '/t/c/:token' } as const
const NANOS_PER_MICRO = 1000
const CREDENTIAL = /^[\x21-\x7e]{1,4096}$/
type Lines = ReadonlyMap<string, SnapshotLineItem>
/** Goes with the snapshot that it belongs to. */
const linesOf = new WeakMap<ServingSnapshot, Lines>()

/** What the compatibility fronts of this process build on: our own decisions and trackers, in plain data. */
export function frontParts(parts: ServingParts, externalIds: ExternalIds): FrontParts {
  const { matching } = parts
  const trackers = trackerRoutes(parts)
  const host = new FrontHost(parts)
  return {
    origin: parts.settings.origin,
    externalIds,
    ready: () => matching.ready,
    consentOf,
    keywordsOf: usableKeywords,
    keyValuesOf,
    pageUrl: (text) => (text.length > limits.MAX_URL_CHARS ? null : httpUrl(text)),
    placement: (id) => {
      const engine = matching.engineOf(id)
      const placement = engine && indexOf(engine.snapshot).placements.get(id)
      return engine && placement ? frontPlacement(engine, placement) : null
    },
    placementsOf: (organisationId) => {
      const engine = matching.engine(organisationId as Id<'organisation'>)
      return engine ? engine.snapshot.placements.map((one) => frontPlacement(engine, one)) : []
    },
    decide: (request, query) => host.decide(request, query),
    track: (kind, token, request) => {
      const route = trackers.find(({ path }) => path === TRACKER_PATHS[kind])
      if (!route) throw new Error(`there is no tracker of ${kind}`)
      return answered(route, request, token)
    },
  }
}

/** Foreign tags cannot be corrected by who reads the answer, so what does not fit is left out, not refused. */
function keyValuesOf(values: Readonly<Record<string, unknown>>): KeyValues {
  const found: Record<string, readonly string[]> = Object.create(null)
  for (const [key, value] of Object.entries(values).slice(0, limits.MAX_PROPERTIES)) {
    const list = (Array.isArray(value) ? value : [value]).slice(0, limits.MAX_PROPERTY_VALUES)
    const texts = list
      .filter((one) => typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one))
      .map((one) => keyTextOf(String(one)))
      .filter((one) => one.length <= limits.MAX_PROPERTY_VALUE_CHARS)
    if (texts.length > 0 && key.length <= limits.MAX_PROPERTY_KEY_CHARS) found[keyTextOf(key)] = texts
  }
  return found
}

class FrontHost {
  constructor(private readonly parts: ServingParts) {}

  async decide(request: EdgeRequest, query: FrontQuery): Promise<FrontDecision[]> {
    const engine = query.slots[0] && this.parts.matching.engineOf(query.slots[0].placement.id)
    if (!engine) return query.slots.map(({ placement }) => ({ placement, ad: null, fallback: null }))
    const principal = await this.principalOf(query, engine.snapshot.organisationId)
    const viewer = this.viewerOf(request, query, engine.snapshot.organisationId, principal)
    const { placements } = indexOf(engine.snapshot)
    // A snapshot that was swapped meanwhile may have lost a placement: its slot stays empty.
    const open = query.slots.filter(({ placement }) => placements.has(placement.id))
    const slots = open.map((slot) => ({ ...slot, placement: placements.get(slot.placement.id)! }))
    const decisions = this.parts.adServer.serve(engine, slots, viewer, this.parts.clock.now())
    return this.aligned(engine, query, decisions, principal)
  }

  private aligned(
    engine: MatchEngine,
    query: FrontQuery,
    decisions: readonly Decision[],
    principal: Principal | null
  ): FrontDecision[] {
    const left = [...decisions]
    return query.slots.map(({ placement }) => {
      const decision = left[0]?.placementId === placement.id ? left.shift() : undefined
      const ad = decision?.ad ? adOf(engine, decision.ad, principal !== null, this.parts.settings) : null
      return { placement, ad, fallback: decision?.fallback ?? null }
    })
  }

  /** Null unless the credential proves somebody of this organisation who may see what is asked with it. */
  private async principalOf(
    { credential }: FrontQuery,
    organisationId: Id<'organisation'>
  ): Promise<Principal | null> {
    const sound = credential !== null && CREDENTIAL.test(credential)
    const principal = sound ? await this.parts.identity.authenticate(credential) : null
    if (principal?.organisationId !== organisationId || principal.parties !== null) return null
    return principal.permissions.has('demand.read') ? principal : null
  }

  /** As for our own decisions: the consent decides first, only then is the id looked at. */
  private viewerOf(
    request: EdgeRequest,
    { consent: signals, userId, ip, userAgent }: FrontQuery,
    organisationId: Id<'organisation'>,
    principal: Principal | null
  ): Viewer {
    const { gate, clock, context } = this.parts
    const consent = gate.decide({ ...signals, globalPrivacyControl: globalPrivacyControl(request) })
    const usable =
      consent.mayUseId && userId !== null && userId !== '' && userId.length <= limits.MAX_USER_ID_CHARS
    const subjectRef = usable ? gate.subjectRef(organisationId, userId, consent, clock.now()) : null
    const capRef = usable ? gate.capRef(organisationId, userId, consent) : null
    const stated = principal !== null && (ip !== null || userAgent !== null)
    const facts: RequestFacts = stated
      ? context.describeStated({
          ip,
          userAgent: userAgent ?? request.header('user-agent') ?? null,
          acceptLanguage: request.header('accept-language'),
        })
      : context.describe(signalsOf(request))
    return { facts, consent, subjectRef, capRef }
  }
}

function frontPlacement(engine: MatchEngine, placement: SnapshotPlacement): FrontPlacement {
  const { id, name, publisherId, siteId, active, sizes } = placement
  return { id, name, organisationId: engine.snapshot.organisationId, publisherId, siteId, active, sizes }
}

function adOf(
  engine: MatchEngine,
  ad: Ad,
  priced: boolean,
  { creativeOrigin }: ServingParts['settings']
): FrontAd | null {
  const lineItem = lineItems(engine.snapshot).get(ad.lineItemId)
  const creative = indexOf(engine.snapshot).creatives.get(ad.creativeId)
  if (!lineItem || !creative) return null
  const { campaignId, advertiserId, priceModel, price, ecpmMicros } = lineItem
  const { lineItemId, creativeId, width, height, markup, urls } = ad
  const picture = creative.type === 'image' && creative.assetPath !== null
  return {
    lineItemId,
    campaignId,
    advertiserId,
    creativeId,
    creativeName: creative.name,
    width,
    height,
    markup,
    imageUrl: picture ? creativeOrigin + creative.assetPath : null,
    altText: creative.altText ?? '',
    house: lineItem.tier === 'house',
    token: urls.click.slice(urls.click.lastIndexOf('/') + 1),
    impressionUrl: urls.impression,
    viewableUrl: urls.viewable,
    clickUrl: urls.click,
    price: priced
      ? {
          model: priceModel,
          amountMicros: priceModel === 'cpc' ? price / NANOS_PER_MICRO : price,
          ecpmMicros,
        }
      : null,
  }
}

function lineItems(snapshot: ServingSnapshot): Lines {
  let lines = linesOf.get(snapshot)
  if (lines === undefined) {
    lines = new Map(snapshot.lineItems.map((one) => [one.id, one]))
    linesOf.set(snapshot, lines)
  }
  return lines
}

/** What the route answers to this request with this token, whatever path and query it came with. */
async function answered(route: EdgeRoute, request: EdgeRequest, token: string): Promise<FrontAnswer> {
  let answer: FrontAnswer | null = null
  const reply: EdgeReply = {
    send: (status: number, headers: EdgeHeaders, body: Buffer | string) => {
      answer = { status, headers, body }
    },
  }
  const { path, query, body, remoteAddress } = request
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET'
  const header = (name: string) => request.header(name)
  await route.handle({ method, path, query, body, remoteAddress, header, params: { token } }, reply)
  if (answer === null) throw new Error('a tracker ended without an answer')
  return answer
}
