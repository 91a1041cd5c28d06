import type { SnapshotCreative } from '#modules/campaigns/contract'
import type { CandidateIndex } from '#modules/matching/hot/candidate_index'

/** Whether a creative may serve at an instant; its own time narrows that of its line items. */
export function runsAt({ startsAt, endsAt }: SnapshotCreative, nowMs: number): boolean {
  return (startsAt === undefined || nowMs >= startsAt) && (endsAt === undefined || nowMs < endsAt)
}

/**
 * Creatives with a time of their own. Which of them may not serve is kept for the interval [from, until) in which that
 * does not change: two comparisons for each decision within it, nothing at all when no creative has a time.
 */
export class TimedCreatives {
  readonly #timed: readonly { readonly at: number; readonly creative: SnapshotCreative }[]
  readonly #edges: readonly number[]
  #from = Infinity
  #until = -Infinity
  #out: readonly number[] = []

  constructor({ matches }: Pick<CandidateIndex, 'matches'>) {
    this.#timed = matches.flatMap(({ creative }, at) =>
      creative.startsAt === undefined && creative.endsAt === undefined ? [] : [{ at, creative }]
    )
    const edges = this.#timed.flatMap(({ creative: { startsAt, endsAt } }) => [startsAt, endsAt])
    this.#edges = edges.filter((edge) => edge !== undefined)
    if (this.#timed.length === 0) [this.#from, this.#until] = [-Infinity, Infinity]
  }

  /** Positions in `index.matches` of those that may not serve at `nowMs`; the same list within an interval. */
  outAt(nowMs: number): readonly number[] {
    if (nowMs < this.#from || nowMs >= this.#until) this.#moveTo(nowMs)
    return this.#out
  }

  #moveTo(nowMs: number): void {
    this.#from = -Infinity
    this.#until = Infinity
    for (const edge of this.#edges) {
      if (edge <= nowMs && edge > this.#from) this.#from = edge
      if (edge > nowMs && edge < this.#until) this.#until = edge
    }
    this.#out = this.#timed.filter(({ creative }) => !runsAt(creative, nowMs)).map(({ at }) => at)
  }
}
