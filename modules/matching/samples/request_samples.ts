import type { Id } from '#modules/kernel/ids'
import { newId } from '#modules/kernel/ids'
import type { Random } from '#modules/kernel/random'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import { DAY_MS } from '#modules/kernel/time'
import { RequestSampler, type MatchInput } from '#modules/matching/contract'
import { Reservoir } from '#modules/matching/samples/reservoir'
import {
  sampledInputOf,
  type RequestSample,
  type SampledInput,
} from '#modules/matching/samples/sampled_input'

/** Kept of each organisation per flush: 6 a minute × 50 = 300 a minute at most, whatever the traffic. */
const SAMPLES_PER_FLUSH = 50
export const FLUSH_MS = 10_000
const KEPT_MS = 28 * DAY_MS
const SWEEP_EVERY_MS = 3_600_000

type Kept = { readonly atMs: number; readonly input: SampledInput }
type Row = { at: Date; weight: number; input: SampledInput }

/**
 * Samples of real ad requests, kept without personal data, for "why does it not serve" and forecasts. `note` runs on the
 * path of a request and only draws a number; `flush` writes every ten seconds.
 */
export class RequestSamples extends RequestSampler {
  private readonly reservoirs = new Map<Id<'organisation'>, Reservoir<Kept>>()
  private sweptAtMs = 0

  constructor(
    private readonly tenancy: Tenancy,
    private readonly random: Random,
    private readonly clock: Clock
  ) {
    super()
  }

  note(organisationId: Id<'organisation'>, input: MatchInput): void {
    let reservoir = this.reservoirs.get(organisationId)
    if (!reservoir) {
      reservoir = new Reservoir(SAMPLES_PER_FLUSH, this.random)
      this.reservoirs.set(organisationId, reservoir)
    }
    reservoir.offer(() => ({ atMs: input.nowMs, input: sampledInputOf(input) }))
  }

  /** Writes what was drawn since the last time and, once an hour, removes what is too old. What fails to be written is lost: it is a sample. */
  async flush(): Promise<void> {
    const rows = [...this.reservoirs].flatMap(([organisationId, reservoir]) => {
      const { items, weight } = reservoir.take()
      return items.map(({ atMs, input }) => ({
        id: newId<'sample'>(),
        organisation_id: organisationId,
        at: new Date(atMs),
        weight,
        input: JSON.stringify(input),
      }))
    })
    if (rows.length > 0) {
      await this.tenancy.system((trx) => trx.table('matching_request_samples').multiInsert(rows))
    }
    const now = this.clock.now()
    if (now - this.sweptAtMs < SWEEP_EVERY_MS) return
    this.sweptAtMs = now
    await this.tenancy.system((trx) =>
      trx
        .from('matching_request_samples')
        .where('at', '<', new Date(now - KEPT_MS))
        .delete()
    )
  }

  /** A random choice of at most `limit` samples since `sinceMs`; the weights are scaled so that they still add up to the traffic. */
  async since(organisationId: Id<'organisation'>, sinceMs: number, limit: number): Promise<RequestSample[]> {
    return this.tenancy.transaction(organisationId, async (trx) => {
      const { rows } = (await trx.rawQuery(
        `select at, weight, input, sum(weight) over () as total from matching_request_samples where at >= ? order by md5(id::text) limit ?`,
        [new Date(sinceMs), limit]
      )) as { rows: (Row & { total: number })[] }
      const chosen = rows.reduce((sum, { weight }) => sum + weight, 0)
      const scale = chosen === 0 ? 0 : Number(rows[0]!.total) / chosen
      return rows.map(({ at, weight, input }) => ({ atMs: at.getTime(), weight: weight * scale, input }))
    })
  }
}
