/**
 * The oracle of matching: the rules of docs/targeting.md read aloud, line item by line item, with luxon for time and
 * bigints for shares. It shares no code with the engine and is slow on purpose; what the two disagree on is a fault of
 * one of them.
 */
import type { DateTime } from 'luxon'
import type {
  DeliveryStateSection,
  ServingSnapshot,
  SnapshotCreative,
  SnapshotLineItem,
} from '#modules/campaigns/contract'
import type { Blocks, SnapshotPlacement } from '#modules/inventory/contract'
import type { MatchInput, NoServe } from '#modules/matching/contract'
import {
  furtherObstacle,
  offAir,
  refuses,
  refusesKeywords,
  refusesPairs,
  refusesSegments,
} from '#tests/support/naive_targeting'

export type NaiveDecision = {
  readonly winner: { readonly lineItemId: string; readonly creativeId: string } | null
  /** Why each line item of the snapshot did not serve; the winner has null. */
  readonly reasons: ReadonlyMap<string, NoServe | null>
}

/** Nothing delivered, nothing spent. */
export const EMPTY_STATE: DeliveryStateSection = {
  version: 0,
  delivered: new Map(),
  spentCampaigns: new Set(),
}

const TWO_32 = 4294967296n
type World = {
  snapshot: ServingSnapshot
  state: DeliveryStateSection
  input: MatchInput
  placement: SnapshotPlacement | undefined
  /** Names of the sizes that may be shown. */
  sizes: readonly string[]
  pairs: ReadonlyMap<string, readonly string[]>
  clocks: Map<string, DateTime>
}

/** Whether a line item meets a request, and the first reason when it does not. @throws Error for an id not in the snapshot */
export function satisfies(
  snapshot: ServingSnapshot,
  lineItemId: string,
  input: MatchInput,
  state: DeliveryStateSection = EMPTY_STATE
): true | NoServe {
  const lineItem = snapshot.lineItems.find((candidate) => candidate.id === lineItemId)
  if (!lineItem) throw new Error(`line item ${lineItemId} is not in the snapshot`)
  return obstacle(worldOf(snapshot, state, input), lineItem) ?? true
}

function worldOf(snapshot: ServingSnapshot, state: DeliveryStateSection, input: MatchInput): World {
  const placement = snapshot.placements.find(({ id }) => id === input.placementId)
  let sizes = (placement?.sizes ?? []).map(sizeName)
  const asked = input.sizes?.map(sizeName)
  if (asked) sizes = sizes.filter((one) => asked.includes(one))
  return {
    snapshot,
    state,
    input,
    placement,
    sizes,
    pairs: new Map(Object.entries(input.keyValues)),
    clocks: new Map(),
  }
}

function sizeName({ width, height }: { width: number; height: number }): string {
  return `${width}×${height}`
}

/** The decision by the book. Same input, same answer as `MatchEngine.decide` and `explain`. */
export function naiveDecide(
  snapshot: ServingSnapshot,
  state: DeliveryStateSection,
  input: MatchInput
): NaiveDecision {
  const world = worldOf(snapshot, state, input)
  const reasons = new Map<string, NoServe | null>()
  const eligible: SnapshotLineItem[] = []
  for (const lineItem of snapshot.lineItems) {
    const reason = obstacle(world, lineItem)
    reasons.set(lineItem.id, reason)
    if (reason === null) eligible.push(lineItem)
  }
  eligible.sort((a, b) =>
    a.ecpmMicros === b.ecpmMicros ? (a.id > b.id ? 1 : -1) : b.ecpmMicros - a.ecpmMicros
  )
  const fresh = eligible.filter(({ id }) => !input.used.has(id))
  const first = pickByTier(world, fresh, BigInt(input.draw[0]))
  let winner = first.winner
  let second = false
  if (!winner && fresh.length < eligible.length) {
    second = true
    winner = pickByTier(
      world,
      eligible.filter(({ id }) => input.used.has(id)),
      first.draw
    ).winner
  }
  for (const { id, tier } of eligible) {
    if (id === winner?.id) continue
    if (input.used.has(id) && !second) reasons.set(id, 'already_on_page')
    else reasons.set(id, tier === 'sponsorship' ? 'share_of_voice' : 'outranked')
  }
  if (!winner) return { winner: null, reasons }
  return { winner: { lineItemId: winner.id, creativeId: pickCreative(world, winner) }, reasons }
}

function obstacle(world: World, lineItem: SnapshotLineItem): NoServe | null {
  const { state, input, placement } = world
  const { targeting, goal } = lineItem
  if (lineItem.startsAt > input.nowMs) return 'not_started'
  if (lineItem.endsAt !== null && lineItem.endsAt <= input.nowMs) return 'ended'
  if (offAir(world, targeting, lineItem.timeZone)) return 'daypart'
  const broke = [...state.spentCampaigns, ...(state.spentLineItems ?? [])]
  if (broke.includes(lineItem.campaignId) || broke.includes(lineItem.id)) return 'budget_spent'
  const done = state.delivered.get(lineItem.id)
  if (goal && (done?.[goal.type] ?? 0) >= goal.quantity) {
    return 'goal_reached'
  }
  if (!placement || !placement.active || refuses(targeting.placements, [placement.id])) return 'placement'
  if (refuses(targeting.sites, [placement.siteId])) return 'site'
  if (timely(world, lineItem).length === 0) return 'no_creative'
  if (fitting(world, lineItem).length === 0) return 'size'
  if (lineItem.tier !== 'house' && lineItem.ecpmMicros < placement.floorMicros) return 'floor'
  if (placement.blocks && unwanted(world, lineItem, placement.blocks)) return 'publisher_block'
  if (refuses(targeting.countries, [input.country])) return 'country'
  if (refuses(targeting.deviceTypes, [input.deviceType])) return 'device_type'
  if (refuses(targeting.operatingSystems, [input.os])) return 'os'
  if (refuses(targeting.browsers, [input.browser])) return 'browser'
  if (refuses(targeting.languages, [input.language])) return 'language'
  const here = { ...world, placement }
  if (refusesKeywords(targeting, input)) return 'keywords'
  if (refusesPairs(here, targeting.keyValues)) return 'key_values'
  if (refusesSegments(targeting, input)) return 'segments'
  const further = furtherObstacle(here, targeting, lineItem.timeZone)
  if (further) return further
  const owners: string[] = [lineItem.id, lineItem.campaignId, lineItem.advertiserId]
  const wornOut = owners.some((id) => input.capped?.has(id)) || showable(world, lineItem).length === 0
  if (wornOut) return 'frequency_cap'
  if (lineItem.exclusionKeys?.some((key) => input.pageKeys?.has(key))) return 'competitive_exclusion'
  if (input.without && [...input.without].includes(lineItem.id)) return 'roadblock'
  if (input.only && input.only !== lineItem.id) return 'roadblock'
  if (heldBack(world, lineItem.id)) return 'pacing'
  return null
}

/**
 * Pacing by the book: FNV-1a of the id, exclusive-or with the second draw, through the finalizer of MurmurHash3, must lie
 * below the pass share of 2^32.
 */
function heldBack({ state, input }: World, lineItemId: string): boolean {
  const share = state.pacing?.get(lineItemId)
  if (share === undefined) return false
  const wrap = (value: bigint) => BigInt.asUintN(32, value)
  let hash = 2166136261n
  for (const byte of Buffer.from(lineItemId)) hash = wrap((hash ^ BigInt(byte)) * 16777619n)
  hash ^= BigInt(input.draw[1])
  hash = wrap((hash ^ (hash >> 16n)) * 0x85ebca6bn)
  hash = wrap((hash ^ (hash >> 13n)) * 0xc2b2ae35n)
  hash ^= hash >> 16n
  return Number(hash) >= share * Number(TWO_32)
}

/** What the publisher does not want: an advertiser, a subject, or any landing page of a domain. */
function unwanted(world: World, lineItem: SnapshotLineItem, blocks: Blocks): boolean {
  const hosts = servable(world, lineItem).map(({ creative }) => new URL(creative.landingUrl).hostname)
  const ends = blocks.domains.some((domain) => hosts.some((host) => `.${host}`.endsWith(`.${domain}`)))
  const subjects = new Set(lineItem.adCategories)
  return (
    ends ||
    blocks.advertisers.includes(lineItem.advertiserId) ||
    blocks.categories.some((one) => subjects.has(one))
  )
}

type Weighted = { creative: SnapshotCreative; weight: number }

const creativesOf = new WeakMap<ServingSnapshot, Map<string, SnapshotCreative>>()

function servable({ snapshot }: World, lineItem: SnapshotLineItem): Weighted[] {
  let byId = creativesOf.get(snapshot)
  if (!byId) {
    creativesOf.set(snapshot, (byId = new Map(snapshot.creatives.map((creative) => [creative.id, creative]))))
  }
  const found: Weighted[] = []
  for (const { creativeId, weight } of lineItem.creatives) {
    const creative = byId.get(creativeId)
    if (creative !== undefined && weight > 0) found.push({ creative, weight })
  }
  return found
}

/** Those whose own time has begun and is not over. */
function timely(world: World, lineItem: SnapshotLineItem): Weighted[] {
  const { nowMs } = world.input
  return servable(world, lineItem).filter(({ creative: { startsAt = -Infinity, endsAt = Infinity } }) => {
    return startsAt <= nowMs && nowMs < endsAt
  })
}

function fitting(world: World, lineItem: SnapshotLineItem): Weighted[] {
  return timely(world, lineItem).filter(({ creative }) => world.sizes.includes(sizeName(creative)))
}

/** Those that fit and of which the person may see more. */
function showable(world: World, lineItem: SnapshotLineItem): Weighted[] {
  return fitting(world, lineItem).filter(({ creative }) => !world.input.capped?.has(creative.id))
}

/** The winner among line items in rank order, and the draw as the tiers after sponsorship see it. */
function pickByTier(
  world: World,
  ranked: readonly SnapshotLineItem[],
  draw: bigint
): { winner: SnapshotLineItem | null; draw: bigint } {
  const of = (tier: string) => ranked.filter((lineItem) => lineItem.tier === tier)
  const sponsors = of('sponsorship')
  const sum = sponsors.reduce((total, { shareOfVoice }) => total + BigInt(shareOfVoice ?? 0), 0n)
  let reached = 0n
  for (const sponsor of sponsors) {
    reached += BigInt(sponsor.shareOfVoice ?? 0)
    if (draw * (sum > 100n ? sum : 100n) < reached * TWO_32) return { winner: sponsor, draw }
  }
  if (sum > 0n) {
    const taken = (sum * TWO_32 + 99n) / 100n
    draw = ((draw - taken) * TWO_32) / (TWO_32 - taken)
  }
  const even = (equals: readonly SnapshotLineItem[]) =>
    equals[Number((draw * BigInt(equals.length)) / TWO_32)]
  const standard = of('standard')
  if (standard.length > 0) {
    const urgencies = standard.map((lineItem) => urgency(world, lineItem))
    const most = urgencies.reduce((a, b) => (a > b ? a : b))
    return { winner: even(standard.filter((_, at) => urgencies[at] === most)), draw }
  }
  const priced = of('price_priority')
  if (priced.length > 0) {
    return { winner: even(priced.filter(({ ecpmMicros }) => ecpmMicros === priced[0].ecpmMicros)), draw }
  }
  const house = of('house')
  return { winner: house.length > 0 ? even(house) : null, draw }
}

/** (what is left ÷ goal) ÷ (time left ÷ whole time), as of the start of the minute; open end: the first half only. */
function urgency({ state, input }: World, { id, goal, startsAt, endsAt }: SnapshotLineItem): number {
  if (goal === null) return 0
  const delivered = state.delivered.get(id)?.[goal.type] ?? 0
  const remaining = (goal.quantity - delivered) / goal.quantity
  if (endsAt === null) return remaining
  const minute = input.nowMs - (input.nowMs % 60_000)
  return remaining / ((endsAt - Math.max(minute, startsAt)) / (endsAt - startsAt))
}

function pickCreative(world: World, lineItem: SnapshotLineItem): string {
  const choices = showable(world, lineItem)
  const total = choices.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
  let reached = 0n
  for (const { creative, weight } of choices) {
    reached += BigInt(weight)
    if (BigInt(world.input.draw[1]) * total < reached * TWO_32) return creative.id
  }
  throw new Error(`line item ${lineItem.id} has no fitting creative`)
}
