import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import type {
  DeliveryStateSection,
  ServingSnapshot,
  SnapshotLineItem,
  Tier,
} from '#modules/campaigns/contract'
import type { MatchEngine, MatchInput } from '#modules/matching/contract'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { recordFigure, scaled } from '#tests/support/figures'
import { EMPTY_STATE, naiveDecide, type NaiveDecision } from '#tests/support/naive_evaluator'
import { randomInput, randomSnapshot, randomState } from '#tests/support/snapshots'

const REQUESTS = 20_000
const REQUESTS_PER_SNAPSHOT = 125
/** Most snapshots are small, so that many differ; each fifth is large. */
const LINE_ITEMS = [5000, 500, 600, 800, 1200]
/** From run of network to narrow, and tiers in several proportions (per mille), so that each of them gets to choose. */
const TARGETED = [0.25, 0, 0.5, 0.8]
const TIER_MIXES = [
  [10, 185, 725, 80],
  [5, 5, 900, 90],
  [6, 0, 20, 974],
  [6, 400, 400, 194],
  [100, 20, 600, 280],
  [3, 987, 5, 5],
  [6, 0, 0, 0],
] as const

type MakeEngine = (snapshot: ServingSnapshot, state: DeliveryStateSection) => MatchEngine
type Served = Record<Tier | 'nothing' | 'again', number>

/** What engine and oracle say about a request, when they differ on the winner. */
function winnersDiffer(engine: MatchEngine, input: MatchInput, { winner }: NaiveDecision) {
  const match = engine.decide(input)
  if (match?.lineItem.id === winner?.lineItemId && match?.creative.id === winner?.creativeId) return null
  return { engine: match && [match.lineItem.id, match.creative.id], oracle: winner }
}

/** The same for the reasons of all line items. */
function reasonsDiffer(engine: MatchEngine, input: MatchInput, { reasons }: NaiveDecision) {
  const explained = engine.explain(input)
  for (const [id, reason] of reasons) {
    if (explained.get(id) !== reason) return { lineItem: id, engine: explained.get(id), oracle: reason }
  }
  return explained.size === reasons.size ? null : { engine: explained.size, oracle: reasons.size }
}

/** Compares on one snapshot until the first difference; `served` counts winners by tier. */
function run(seed: number, requests: number, makeEngine: MakeEngine, served: Served, reasonsToo = true) {
  const random = new SeededRandom(seed)
  const lineItems = makeEngine === engineOf ? LINE_ITEMS[seed % LINE_ITEMS.length] : 500
  const targeted = TARGETED[seed % TARGETED.length]
  const snapshot = randomSnapshot(random, {
    lineItems,
    targeted,
    tierMix: TIER_MIXES[seed % TIER_MIXES.length],
  })
  const state = randomState(random, snapshot)
  const engine = makeEngine(snapshot, state)
  for (let at = 0; at < requests; at++) {
    const input = randomInput(random, snapshot)
    const oracle = naiveDecide(snapshot, state, input)
    const found =
      winnersDiffer(engine, input, oracle) ?? (reasonsToo ? reasonsDiffer(engine, input, oracle) : null)
    if (found) return `seed ${seed}, request ${at}: ${JSON.stringify(found)} for ${JSON.stringify(input)}`
    const winner = engine.decide(input)
    served[winner?.lineItem.tier ?? 'nothing']++
    if (winner && input.used.has(winner.lineItem.id)) served.again++
  }
  return null
}

function nothingServed(): Served {
  return { sponsorship: 0, standard: 0, price_priority: 0, house: 0, nothing: 0, again: 0 }
}

function engineOf(snapshot: ServingSnapshot, state: DeliveryStateSection): CompiledEngine {
  const engine = new CompiledEngine(snapshot)
  engine.setState(state)
  return engine
}

/** An engine with a planted fault: it goes by a snapshot in which a rule is missing or bent. */
function faulty(change: (lineItem: SnapshotLineItem) => Partial<SnapshotLineItem>) {
  return (snapshot: ServingSnapshot, state: DeliveryStateSection) =>
    engineOf(
      { ...snapshot, lineItems: snapshot.lineItems.map((line) => ({ ...line, ...change(line) })) },
      state
    )
}

test.group('engine and oracle', () => {
  test('agree on winner, creative and every reason for random requests over random snapshots', ({
    assert,
  }) => {
    const snapshots = Math.ceil(scaled(REQUESTS) / REQUESTS_PER_SNAPSHOT)
    const served = nothingServed()
    for (let seed = 1; seed <= snapshots; seed++) {
      assert.isNull(run(seed, REQUESTS_PER_SNAPSHOT, engineOf, served))
    }
    const requests = snapshots * REQUESTS_PER_SNAPSHOT
    recordFigure('matching: random requests on which engine and oracle agree', requests)
    recordFigure('matching: seeds of these', `1 to ${snapshots}`)
    recordFigure('matching: what they were served', JSON.stringify(served))
    for (const [what, count] of Object.entries(served)) {
      assert.isAbove(count, requests / 200, `${what}: ${JSON.stringify(served)}`)
    }
  }).timeout(600_000)

  test('differ when the engine has a fault: {name}')
    .with([
      {
        name: 'excludes are not folded in',
        make: faulty(({ targeting }) => ({
          targeting: { ...targeting, countries: { include: targeting.countries?.include } },
        })),
      },
      {
        name: 'an end is taken as inclusive',
        make: faulty(({ endsAt }) => ({ endsAt: endsAt && ((endsAt + 1) as typeof endsAt) })),
      },
      { name: 'dayparts go by UTC', make: faulty(() => ({ timeZone: 'UTC' })) },
      {
        name: 'shares of voice are even',
        make: faulty(({ shareOfVoice }) => ({ shareOfVoice: shareOfVoice && 10 })),
      },
      {
        name: 'key-values of exclude are ignored',
        make: faulty(({ targeting }) => ({
          targeting: {
            ...targeting,
            keyValues: targeting.keyValues?.map(({ key, include }) => ({ key, include })),
          },
        })),
      },
      {
        name: 'creatives are drawn without weights',
        make: faulty(({ creatives }) => ({
          creatives: creatives.map((one) => ({ ...one, weight: one.weight && 1 })),
        })),
      },
      {
        name: 'the delivery state is not read',
        make: (snapshot: ServingSnapshot) => engineOf(snapshot, EMPTY_STATE),
      },
      { name: 'keys of exclusion are not read', make: faulty(() => ({ exclusionKeys: [] })) },
      { name: 'what ads are about is not read', make: faulty(() => ({ adCategories: [] })) },
      {
        name: 'caps of campaigns are not read',
        make: faulty(({ id }) => ({ campaignId: id as unknown as SnapshotLineItem['campaignId'] })),
      },
      {
        name: 'floors are ignored',
        make: (snapshot: ServingSnapshot, state: DeliveryStateSection) =>
          engineOf(
            {
              ...snapshot,
              placements: snapshot.placements.map((one) => ({
                ...one,
                floorMicros: 0 as typeof one.floorMicros,
              })),
            },
            state
          ),
      },
    ])
    .run(({ assert }, { make }) => {
      const seeds = Array.from({ length: 40 }, (_, at) => at + 1)
      assert.isTrue(seeds.some((seed) => run(seed, 125, make, nothingServed(), false) !== null))
    })
})
