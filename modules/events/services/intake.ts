import { DAY_MS, type EpochMs } from '#modules/kernel/time'
import { INSTALLATION, type Id } from '#modules/kernel/ids'
import { TOKEN_LIFETIME_MS } from '#modules/events/contract'
import type { FactClassifier, FilterReason } from '#modules/events/contract'
import type { RecordSource, StoredFact } from '#modules/events/services/fact_codec'
import type { LogPage } from '#modules/events/services/log/reader'

/** Between a tracker's look at the clock and the token's expiry: what a slow request may take. */
const LATE_TOLERANCE_MS = 5 * 60_000
/** An id from further ahead than this of its receipt is a broken clock, not an issue time. */
const AHEAD_MS = DAY_MS
/** An id this much older than its receipt proves nothing any more. */
const BEHIND_MS = 7 * DAY_MS
/** Receipts outside these bounds of now would make partitions that no report is ever asked for. */
const RECEIPT_AGE_MS = 90 * DAY_MS

/** A fact on its way into `events_settled`, repeats of it in the same batch counted in. */
export type StagedFact = {
  readonly fact: StoredFact
  /** UTC day of the id's time, counted from 1970-01-01. */
  readonly issueDay: number
  readonly filter: FilterReason | null
  /** How often its identity came in this batch; at least 1. */
  times: number
}

/** A record put aside, with its reason. */
export type DeadLetter = {
  readonly source: RecordSource
  readonly organisationId: Id<'organisation'>
  readonly reason: string
  readonly payload: Buffer
}

export type Intake = {
  /** Facts as they came, repeats of one identity counted; only these and `letters` are settled. */
  taken: number
  readonly staged: StagedFact[]
  readonly letters: DeadLetter[]
}

/**
 * Sorts pages of logs into facts to settle and dead letters. The first record of an identity counts, later ones in
 * the batch are repeats whatever they say otherwise; classification and order are those of the first.
 */
export function takeIn(pages: readonly LogPage[], classifier: FactClassifier, now: EpochMs): Intake {
  const intake: Intake = { taken: 0, staged: [], letters: [] }
  const byIdentity = new Map<string, StagedFact>()
  for (const page of pages) {
    for (const { source, reason, bytes } of page.poison) {
      intake.letters.push({ source, organisationId: INSTALLATION, reason, payload: bytes })
    }
    for (const fact of page.facts) takeFact(fact, byIdentity, intake, classifier, now)
  }
  return intake
}

function takeFact(
  fact: StoredFact,
  byIdentity: Map<string, StagedFact>,
  intake: Intake,
  classifier: FactClassifier,
  now: EpochMs
): void {
  intake.taken += 1
  const { identity } = fact
  const first = byIdentity.get(identity)
  if (first !== undefined) {
    first.times += 1
    return
  }
  const reason = timeFaultOf(fact, now)
  const filter = reason === null ? classify(fact, classifier) : null
  if (reason !== null || filter === CLASSIFIER_FAILED) {
    const payload = Buffer.from(fact.payload)
    intake.letters.push({
      source: fact.source,
      organisationId: fact.organisationId,
      reason: reason ?? 'classifier_failed',
      payload,
    })
    return
  }
  const staged: StagedFact = { fact, issueDay: Math.floor(fact.issuedAt / DAY_MS), filter, times: 1 }
  byIdentity.set(identity, staged)
  intake.staged.push(staged)
}

/** Why a fact's times cannot be; null when they can. Bounds the days that may get a partition. */
function timeFaultOf(fact: StoredFact, now: EpochMs): string | null {
  if (!fact.isTimeOrdered) return 'id_not_time_ordered'
  const { issuedAt, receivedAt } = fact
  if (Math.abs(now - receivedAt) > RECEIPT_AGE_MS) return 'received_out_of_range'
  if (issuedAt > receivedAt + AHEAD_MS || issuedAt < receivedAt - BEHIND_MS) return 'issued_out_of_range'
  return null
}

const CLASSIFIER_FAILED = Symbol('classifier failed')

/** One fact on which a classifier trips must not stop all others: it is put aside and can be replayed. */
function classify(
  fact: StoredFact,
  classifier: FactClassifier
): FilterReason | null | typeof CLASSIFIER_FAILED {
  let verdict: FilterReason | null
  try {
    verdict = classifier.classify(fact)
  } catch {
    return CLASSIFIER_FAILED // told as the dead letter's reason
  }
  if (verdict !== null) return verdict
  return fact.receivedAt - fact.issuedAt > TOKEN_LIFETIME_MS + LATE_TOLERANCE_MS ? 'late' : null
}
