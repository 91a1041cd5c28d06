import fc from 'fast-check'
import type { Currency } from '#modules/kernel/money'
import type { EpochMs } from '#modules/kernel/time'
import { newId, type Id } from '#modules/kernel/ids'
import { CHARGE, FACT_KIND, FILTER_REASONS, TOKEN_LIFETIME_MS } from '#modules/events/contract'
import type { Charge, Fact, FactKind, TokenClaims } from '#modules/events/contract'

const anyId = <Kind extends string>() => fc.uuid().map((id) => id as Id<Kind>)
const letters = (length: number) =>
  fc
    .array(fc.integer({ min: 65, max: 90 }), { minLength: length, maxLength: length })
    .map((codes) => String.fromCharCode(...codes))
const instant = fc.integer({ min: 1_600_000_000_000, max: 4_000_000_000_000 })

const shared = {
  organisationId: anyId<'organisation'>(),
  placementId: anyId<'placement'>(),
  charge: fc.constantFrom<Charge>(...Object.values(CHARGE)),
  price: fc.oneof(fc.constant(0), fc.constant(Number.MAX_SAFE_INTEGER), fc.maxSafeNat()),
  currency: letters(3).map((code) => code as Currency),
  purposes: fc.integer({ min: 0, max: 0xffff }),
  subjectRef: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes))),
  country: fc.option(letters(2)),
  device: fc.option(fc.integer({ min: 0, max: 255 })),
}

/** Any claims that a token can carry; the id's time is random, its expiry one lifetime later. */
export const anyClaims: fc.Arbitrary<TokenClaims> = fc
  .record({ ...shared, issuedAt: instant, lineItemId: anyId<'line_item'>(), creativeId: anyId<'creative'>() })
  .map(({ issuedAt, ...claims }) => ({
    ...claims,
    id: idAt(issuedAt),
    expiresAt: (issuedAt + TOKEN_LIFETIME_MS) as EpochMs,
  }))

/** Any fact that the log can carry. */
export const anyFact: fc.Arbitrary<Fact> = fc
  .record({
    ...shared,
    kind: fc.constantFrom<FactKind>(...Object.values(FACT_KIND)),
    issuedAt: instant,
    lineItemId: fc.option(anyId<'line_item'>()),
    creativeId: fc.option(anyId<'creative'>()),
    filter: fc.option(fc.constantFrom(...FILTER_REASONS)),
    delay: fc.integer({ min: 0, max: TOKEN_LIFETIME_MS }),
  })
  .map(({ issuedAt, delay, ...fact }) => ({
    ...fact,
    id: idAt(issuedAt),
    receivedAt: (issuedAt + delay) as EpochMs,
  }))

/** A version 7 id of exactly that time; `newId` never goes back in time within a process. */
export function idAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`
}

/** A clean impression on a CPM line, of now unless said otherwise. */
export function impression(change: Partial<Fact> = {}): Fact {
  const receivedAt = change.receivedAt ?? (Date.now() as EpochMs)
  return {
    kind: FACT_KIND.impression,
    id: idAt(receivedAt - 1_000),
    organisationId: newId(),
    placementId: newId(),
    lineItemId: newId(),
    creativeId: newId(),
    charge: CHARGE.cpm,
    price: 1_500_000,
    currency: 'EUR' as Currency,
    purposes: 3,
    subjectRef: null,
    country: 'DE',
    device: 1,
    filter: null,
    receivedAt,
    ...change,
  }
}
