import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { RequestContext } from '#modules/context/contract'
import { SeededRandom } from '#modules/kernel/random'
import type { ServingSnapshot } from '#modules/campaigns/contract'
import type { MatchInput } from '#modules/matching/contract'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { recordFigure, scaled } from '#tests/support/figures'
import { naiveDecide, satisfies } from '#tests/support/naive_evaluator'
import { realRequests, type RealRequest } from '#tests/support/real_requests'
import { DEFAULT_NOW_MS, randomSnapshot, randomState } from '#tests/support/snapshots'

const REQUESTS = 10_000
const REQUESTS_PER_SNAPSHOT = 250
const SEED = 20_261_121

/** What serving would make of a real request for a placement: context from address, agent and language. */
function inputOf(
  context: RequestContext,
  request: RealRequest,
  snapshot: ServingSnapshot,
  random: SeededRandom
): MatchInput {
  const { geo, agent, language } = context.describeStated({
    ip: request.ip,
    userAgent: request.userAgent,
    acceptLanguage: request.language ?? undefined,
  })
  return {
    placementId: snapshot.placements[random.uint32() % snapshot.placements.length].id,
    sizes: request.sizes.length > 0 && random.uint32() % 4 === 0 ? request.sizes : null,
    country: geo.country,
    deviceType: agent.deviceType,
    os: agent.os,
    browser: agent.browser,
    language,
    keywords: request.keywords.map((word) => word.trim().toLowerCase()),
    keyValues: Object.fromEntries(Object.entries(request.properties).map(([key, value]) => [key, [value]])),
    nowMs: DEFAULT_NOW_MS + (random.uint32() % 86_400_000),
    draw: [random.uint32(), random.uint32()],
    used: new Set(),
  }
}

test.group('matching of real requests', () => {
  test('engine and oracle agree, and what is served satisfies its targeting', async ({ assert }) => {
    const context = await app.container.make(RequestContext)
    const random = new SeededRandom(SEED)
    const stream = realRequests(SEED)
    const known = { country: 0, deviceType: 0, os: 0, browser: 0, language: 0 }
    let served = 0
    for (let done = 0; done < scaled(REQUESTS); done += REQUESTS_PER_SNAPSHOT) {
      const snapshot = randomSnapshot(random, { lineItems: 800, targeted: 0.6, tierMix: [5, 15, 900, 80] })
      const state = randomState(random, snapshot)
      const engine = new CompiledEngine(snapshot)
      engine.setState(state)
      for (let at = 0; at < REQUESTS_PER_SNAPSHOT; at++) {
        const request: RealRequest = stream.next().value
        const input = inputOf(context, request, snapshot, random)
        const match = engine.decide(input)
        const { winner } = naiveDecide(snapshot, state, input)
        const ours = match && { lineItemId: match.lineItem.id, creativeId: match.creative.id }
        assert.deepEqual(
          ours,
          winner,
          `${request.source}, request ${done + at} of seed ${SEED}: ${JSON.stringify(input)}`
        )
        if (match) assert.isTrue(satisfies(snapshot, match.lineItem.id, input, state))
        if (match) served++
        for (const name of Object.keys(known) as (keyof typeof known)[]) {
          if (input[name] !== null) known[name]++
        }
      }
    }
    recordFigure('matching: real requests on which engine and oracle agree', scaled(REQUESTS))
    recordFigure('matching: seed of these', SEED)
    recordFigure('matching: served of these', served)
    for (const [name, count] of Object.entries(known)) {
      assert.isAbove(count, scaled(REQUESTS) / 4, `${name} is known too rarely`)
    }
    assert.isAbove(served, scaled(REQUESTS) / 3)
  }).timeout(600_000)
})
