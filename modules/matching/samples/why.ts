import type { Campaigns, StandingObstacle } from '#modules/campaigns/contract'
import type { Principal } from '#modules/identity/contract'
import type { Clock } from '#modules/kernel/time'
import { SeededRandom } from '#modules/kernel/random'
import type { Matching, MatchEngine, NoServe } from '#modules/matching/contract'
import type { RequestSamples } from '#modules/matching/samples/request_samples'
import { matchInputOf, type RequestSample } from '#modules/matching/samples/sampled_input'
import { REASON_WORDS } from '#modules/matching/samples/reason_words'

const HOUR_MS = 3_600_000
/** Requests looked at: 2,000 give a share to within two percent points, and take a few milliseconds per thousand line items. */
const SAMPLES_LOOKED_AT = 2_000
/** Samples explained between turns of the event loop. */
const SAMPLES_A_TURN = 20
const SEED = 1

export type WhyReason = { code: NoServe; requests: number; share: number; meaning: string; change: string }
export type Why = {
  lineItemId: string
  name: string
  asOf: string
  /** Holds whatever the request; empty when the line item takes part in decisions. */
  standing: readonly StandingObstacle[]
  /** Ad requests of people in the time looked at, estimated from `samples` of them. */
  traffic: { from: string; to: string; requests: number; samples: number }
  /** How many of them it would win now. */
  serves: { requests: number; share: number }
  /** Why it would not win the others, most frequent first; each request counts under one reason. */
  reasons: WhyReason[]
}

/** Replays a sample of recent requests against the running snapshot and tells why one line item does not win them. */
export class WhyNotServing {
  constructor(
    private readonly parts: {
      campaigns: Pick<Campaigns, 'standing'>
      matching: Pick<Matching, 'engine'>
      samples: RequestSamples
      clock: Clock
    }
  ) {}

  /** Null when the line item does not exist for the principal. @param hours how far back, 1 to 672 */
  async of(principal: Principal, lineItemId: string, hours: number): Promise<Why | null> {
    const { campaigns, matching, samples, clock } = this.parts
    const standing = await campaigns.standing(principal, lineItemId)
    if (!standing) return null
    const now = clock.now()
    const from = now - hours * HOUR_MS
    const recent = await samples.since(principal.organisationId, from, SAMPLES_LOOKED_AT)
    const engine = matching.engine(principal.organisationId)
    const counted =
      engine && standing.obstacles.length === 0
        ? await count(engine, lineItemId, recent, now)
        : new Map<NoServe | null, number>()
    const requests = recent.reduce((sum, { weight }) => sum + weight, 0)
    const share = (part: number) => (requests === 0 ? 0 : part / requests)
    const served = counted.get(null) ?? 0
    return {
      lineItemId,
      name: standing.name,
      asOf: new Date(now).toISOString(),
      standing: standing.obstacles,
      traffic: {
        from: new Date(from).toISOString(),
        to: new Date(now).toISOString(),
        requests: Math.round(requests),
        samples: recent.length,
      },
      serves: { requests: Math.round(served), share: share(served) },
      reasons: [...counted]
        .flatMap(([code, weight]) =>
          code === null
            ? []
            : [{ code, requests: Math.round(weight), share: share(weight), ...REASON_WORDS[code] }]
        )
        .sort((left, right) => right.share - left.share),
    }
  }
}

/** Weight of the samples by what became of the line item; null = it won. Empty when the snapshot does not hold it. */
async function count(
  engine: MatchEngine,
  lineItemId: string,
  samples: readonly RequestSample[],
  nowMs: number
): Promise<Map<NoServe | null, number>> {
  const random = new SeededRandom(SEED)
  const counted = new Map<NoServe | null, number>()
  for (const [number, { input, weight }] of samples.entries()) {
    const reason = engine
      .explain(matchInputOf(input, nowMs, [random.uint32(), random.uint32()]))
      .get(lineItemId)
    if (reason !== undefined) counted.set(reason, (counted.get(reason) ?? 0) + weight)
    if (number % SAMPLES_A_TURN === SAMPLES_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return counted
}
