/** Consent: what a request's signals allow. One pure function; everything that touches a person asks it first. */
import type { Id } from '#modules/kernel/ids'

/** Signals as they came, from body or query; absent is undefined. */
export type ConsentSignals = {
  readonly gdpr?: boolean
  readonly tcf?: string
  readonly gpp?: string
  readonly gppSid?: readonly number[]
  readonly usPrivacy?: string
  /** `Sec-GPC: 1`. */
  readonly globalPrivacyControl?: boolean
}

/** Purposes that a decision may act on, as bits in a token. */
export const PURPOSE = { storage: 1, basicAds: 2, personalisedAds: 4, measurement: 8 } as const

/** How long one key makes references: facts of a person can be joined within an epoch, not across two. */
export const SUBJECT_EPOCH_MS = 30 * 24 * 3_600_000

export type ConsentDecision = {
  /** An identifier may be read, written, hashed or passed on. False until a consent says otherwise. */
  readonly mayUseId: boolean
  /** Sum of `PURPOSE` bits. */
  readonly purposes: number
  /** Stable code of the rule that decided, for explain and tests: `no_signal`, `tcf_granted`, `tcf_denied`, … */
  readonly reason: string
}

/** Module face. */
export abstract class ConsentGate {
  abstract decide(signals: ConsentSignals): ConsentDecision
  /** HMAC of (epoch key, organisation, id): what facts carry instead of the id. Null when the decision forbids ids. */
  abstract subjectRef(
    organisationId: Id<'organisation'>,
    id: string,
    decision: ConsentDecision,
    nowMs: number
  ): Buffer | null
  /**
   * HMAC of (key of caps, organisation, id): under what a person's ads are counted. It never stands in a fact, and it
   * outlives the epochs of `subjectRef`, because a cap may last longer. Null when the decision forbids ids.
   */
  abstract capRef(organisationId: Id<'organisation'>, id: string, decision: ConsentDecision): Buffer | null
}
