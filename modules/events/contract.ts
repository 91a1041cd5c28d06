/** Every ad fact, the token that proves it, the log that keeps it, and the settled facts that all else reads. */
import { createHash } from 'node:crypto'
import type { Currency } from '#modules/kernel/money'
import { uuidFromBytes, type Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'

/** Kinds of fact. Numbers are stored: only ever add. `measurable`: whether the ad was seen could be measured. */
export const FACT_KIND = {
  request: 1,
  impression: 2,
  viewable: 3,
  click: 4,
  measurable: 5,
  conversion: 6,
  conversionValue: 7,
  /** A page with the pixel of a segment, which is named where other facts name their placement. */
  visit: 8,
} as const
export type FactKind = (typeof FACT_KIND)[keyof typeof FACT_KIND]
export type FactName = keyof typeof FACT_KIND

/** Kinds of which one counts per order, whenever and with whatever token it is told again. */
export const ORDER_KINDS: readonly FactKind[] = [FACT_KIND.conversion, FACT_KIND.conversionValue]

/** What makes a fact billable. `none`: house ads. */
export const CHARGE = { none: 0, cpm: 1, cpc: 2, vcpm: 3, cpa: 4 } as const
export type Charge = (typeof CHARGE)[keyof typeof CHARGE]

/** What one signed token says. One token per ad; every tracker of the ad carries the same one. */
export type TokenClaims = {
  /** UUID version 7: its time is the issue time, its day the partition. */
  readonly id: string
  readonly organisationId: Id<'organisation'>
  readonly placementId: Id<'placement'>
  readonly lineItemId: Id<'line_item'>
  readonly creativeId: Id<'creative'>
  readonly charge: Charge
  /** CPM: cpm_micros. CPC: nanos per click. CPA: nanos per conversion. 0 when nothing is charged. A whole number below 2^53. */
  readonly price: number
  readonly currency: Currency
  /** `PURPOSE` bits of privacy. */
  readonly purposes: number
  /** HMAC of a first-party id, 16 bytes; null where the consent allows none. */
  readonly subjectRef: Buffer | null
  /** ISO 3166 alpha-2; null when unknown. */
  readonly country: string | null
  /** Index into `DEVICE_TYPES` of context; null when unknown. */
  readonly device: number | null
  readonly expiresAt: EpochMs
}

export type TokenFailure = 'malformed' | 'unknown_key' | 'forged' | 'expired'
export type TokenReading =
  { readonly ok: true; readonly claims: TokenClaims } | { readonly ok: false; readonly failure: TokenFailure }

/** Writes and reads tokens: base64url text, at most 400 characters. */
export abstract class TokenCodec {
  abstract write(claims: TokenClaims): string
  /** Never throws; any text is an acceptable argument. */
  abstract read(token: string, nowMs: number): TokenReading
}

/**
 * The longest that a pixel may wait for the conversion of an ad: 90 days. Keys of tokens are kept so long; whoever
 * reads a token for a conversion judges its age by the time of its id.
 */
export const CONVERSION_WINDOW_MS = 90 * 24 * 3_600_000

/** How long trackers of an ad are accepted after its issue. */
export const TOKEN_LIFETIME_MS = 24 * 3_600_000

/** A fact as a process appends it. `request` facts carry no token: line item and creative are null when unfilled. */
export type Fact = {
  readonly kind: FactKind
  /** Token id; for `request` the ad's token id, or an id of its own when no ad was given. */
  readonly id: string
  readonly organisationId: Id<'organisation'>
  readonly placementId: Id<'placement'>
  readonly lineItemId: Id<'line_item'> | null
  readonly creativeId: Id<'creative'> | null
  readonly charge: Charge
  readonly price: number
  readonly currency: Currency
  readonly purposes: number
  readonly subjectRef: Buffer | null
  readonly country: string | null
  readonly device: number | null
  /** Reason of `FILTER_REASON` known at the time (a bot's user agent, say); null when clean so far. */
  readonly filter: FilterReason | null
  readonly receivedAt: EpochMs
}

/** Why a fact is counted gross but not net. Codes are stored and reported: only ever add. */
export const FILTER_REASONS = ['duplicate', 'bot', 'late'] as const
export type FilterReason = (typeof FILTER_REASONS)[number]

export type AppendFailure =
  { readonly type: 'log_full' } | { readonly type: 'log_failed' } | { readonly type: 'closed' }

/** The process's durable log. */
export abstract class EventLog {
  /**
   * Resolves when the fact lies on disk (fdatasync returned): only then may it be acknowledged. Group commit:
   * the next sync starts when the last returned, and takes all that waits.
   */
  abstract append(fact: Fact): Promise<{ ok: true } | { ok: false; error: AppendFailure }>
  /** Appends without waiting for the disk, for facts that nobody is told of (`request`). False when the log is full. */
  abstract note(fact: Fact): boolean
  /** False while facts are refused (full, failed or closed): such a process is not ready for traffic. */
  abstract readonly isOpen: boolean
}

/** Says whether a fact is valid traffic; implemented by fraud, plugged in by the app. Default: `fact.filter` stands. */
export abstract class FactClassifier {
  abstract classify(fact: Fact): FilterReason | null
}

/** A fact after stage 1: recorded exactly once, classified, in order. */
export type SettledFact = {
  /** Position in the order of settlement; strictly increasing, gaps allowed. */
  readonly seq: bigint
  readonly kind: FactKind
  readonly id: string
  readonly organisationId: Id<'organisation'>
  readonly placementId: Id<'placement'>
  readonly lineItemId: Id<'line_item'> | null
  readonly creativeId: Id<'creative'> | null
  readonly charge: Charge
  readonly price: number
  readonly currency: Currency
  readonly country: string | null
  readonly device: number | null
  /** HMAC of a first-party id, 16 bytes; null or absent where the consent allowed none, or it was erased. */
  readonly subjectRef?: Buffer | null
  /** Null: valid, counted net. */
  readonly filter: FilterReason | null
  /** 1, but for `duplicate`: how many repeats of the identity came in one batch. */
  readonly count: number
  /** Time of the token id: the time that reports and charges go by. */
  readonly issuedAt: EpochMs
  readonly receivedAt: EpochMs
}

/** Reads settled facts in order, across organisations; for stage 2 consumers (system role). */
export abstract class SettledFacts {
  /** Up to `limit` facts with `seq` greater than `after`, in order; empty when there are none. */
  abstract after(after: bigint, limit: number): Promise<readonly SettledFact[]>
}

/** Moves what collectors logged into PostgreSQL: stage 1. Runs in `web`; may be stopped anywhere. */
export abstract class Settlement {
  /** Ships and settles until it has caught up with the logs. Returns the number of facts taken from them. */
  abstract run(): Promise<number>
}

/** Price of one fact in nanos of its currency; 0n when its kind is not what the charge bills. */
export function chargeOf(fact: { kind: FactKind; charge: Charge; price: number }): bigint {
  if (fact.charge === CHARGE.cpm && fact.kind === FACT_KIND.impression) return BigInt(fact.price)
  if (fact.charge === CHARGE.cpa && fact.kind === FACT_KIND.conversion) return BigInt(fact.price)
  if (fact.charge === CHARGE.vcpm && fact.kind === FACT_KIND.viewable) return BigInt(fact.price)
  if (fact.charge === CHARGE.cpc && fact.kind === FACT_KIND.click) return BigInt(fact.price)
  return 0n
}

/**
 * Id of the facts of an order: UUID version 7 of the time at which the order was told, whose other 74 bits are those
 * of SHA-256 over pixel and order. An order told again has another id with the same end, by which settlement knows it.
 */
export function orderFactId(pixelId: Id<'pixel'>, orderId: string, nowMs: EpochMs): string {
  const bytes = Buffer.alloc(16)
  createHash('sha256').update(`${pixelId}\0${orderId}`).digest().copy(bytes, 6)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return uuidFromBytes(bytes)
}
