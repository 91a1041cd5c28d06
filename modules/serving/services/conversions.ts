import type { Id } from '#modules/kernel/ids'
import { parseNanos } from '#modules/kernel/money'
import { err, ok, type Result } from '#modules/kernel/result'
import { BoundedCache } from '#modules/kernel/bounded_cache'
import type { EpochMs } from '#modules/kernel/time'
import { CHARGE, FACT_KIND, orderFactId, type Fact, type FilterReason } from '#modules/events/contract'
import type { SnapshotPixel } from '#modules/campaigns/contract'
import type { MatchEngine } from '#modules/matching/contract'
import { MAX_ORDER_CHARS, MAX_TOKEN_CHARS } from '#modules/serving/limits'
import type { ServingParts } from '#modules/serving/parts'
import { indexOf } from '#modules/serving/services/snapshot_index'

/** A conversion as it was told; every field is text that nobody has looked at. */
export type ToldConversion = {
  readonly orderId: string | null
  readonly token: string | null
  readonly amount: string | null
  readonly currency: string | null
}
/** Why a conversion is not taken. Codes are answered and counted: only ever add. */
export type ConversionRefusal =
  | { readonly reason: 'invalid'; readonly field: string; readonly detail: string }
  | {
      readonly reason: 'pixel_unknown' | 'pixel_paused' | 'token_missing' | 'token_invalid' | 'token_foreign'
    }
  | { readonly reason: 'ad_unknown' | 'outside_window' }
export type KnownPixel = { readonly pixel: SnapshotPixel; readonly engine: MatchEngine }
type Parts = Pick<ServingParts, 'clock' | 'codec' | 'log' | 'matching'>

/** Orders that a process remembers for its answers; what counts is decided when facts are settled. */
const ORDERS_REMEMBERED = 100_000

/** Takes conversions: checks what was told, and writes them down. */
export class Conversions {
  private readonly told = new BoundedCache<true>(ORDERS_REMEMBERED)

  constructor(private readonly parts: Parts) {}

  /** A pixel of any organisation, one look-up for each; or of one organisation only. */
  find(pixelId: string, organisationId?: Id<'organisation'>): KnownPixel | null {
    const { matching } = this.parts
    const own = organisationId === undefined ? matching.engines() : [matching.engine(organisationId)]
    for (const engine of own) {
      const pixel = engine && indexOf(engine.snapshot).pixels.get(pixelId)
      if (engine && pixel) return { pixel, engine }
    }
    return null
  }

  /**
   * The facts of a conversion, not yet written: the conversion, and its value when one was told.
   *
   * The ad is the token's. Its advertiser, known by the creative, must be the pixel's; its age is that of the
   * decision, so the click lies within the window too.
   */
  factsOf(
    { pixel, engine }: KnownPixel,
    told: ToldConversion,
    filter: FilterReason | null
  ): Result<Fact[], ConversionRefusal> {
    if (!pixel.active) return err({ reason: 'pixel_paused' })
    const { orderId, token } = told
    if (!orderId || orderId.length > MAX_ORDER_CHARS) {
      return invalid('orderId', `must be 1 to ${MAX_ORDER_CHARS} characters`)
    }
    const value = valueOf(told, engine.snapshot.currency)
    if (!value.ok) return value
    if (!token) return err({ reason: 'token_missing' })
    // As of 1970 nothing has expired: trackers of the ad have, but its conversion has a window of its own.
    const reading = token.length > MAX_TOKEN_CHARS ? null : this.parts.codec.read(token, 0)
    if (!reading?.ok) return err({ reason: 'token_invalid' })
    const { expiresAt, ...claims } = reading.claims
    if (claims.organisationId !== engine.snapshot.organisationId) return err({ reason: 'token_foreign' })
    const creative = indexOf(engine.snapshot).creatives.get(claims.creativeId)
    if (!creative) return err({ reason: 'ad_unknown' })
    if (creative.advertiserId !== pixel.advertiserId) return err({ reason: 'token_foreign' })
    const now = this.parts.clock.now()
    if (now - timeOf(claims.id) > pixel.windowMs) return err({ reason: 'outside_window' })
    const id = orderFactId(pixel.id, orderId, now)
    const conversion: Fact = { ...claims, id, kind: FACT_KIND.conversion, filter, receivedAt: now }
    if (value.value === null) return ok([conversion])
    const kind = FACT_KIND.conversionValue
    return ok([conversion, { ...conversion, kind, charge: CHARGE.none, price: value.value }])
  }

  /**
   * Writes the facts of one conversion. `accepted` and `duplicate` are said when they lie on disk; `duplicate` means
   * that this process has taken the order before. Null: they could not be written down.
   */
  async write(facts: readonly Fact[]): Promise<'accepted' | 'duplicate' | null> {
    const [{ organisationId, id }] = facts as [Fact]
    const order = `${organisationId}${id.slice(14)}`
    const known = this.told.get(order) === true
    this.told.set(order, true)
    const written = await Promise.all(facts.map((fact) => this.parts.log.append(fact)))
    if (!written.every((one) => one.ok)) return null
    return known ? 'duplicate' : 'accepted'
  }
}

/** Nanos below 2^53; null when no value was told. */
function valueOf(
  { amount, currency }: ToldConversion,
  own: string
): Result<number | null, ConversionRefusal> {
  if (amount === null) return ok(null)
  const nanos = parseNanos(amount)
  if (nanos === null || nanos < 0n || nanos > BigInt(Number.MAX_SAFE_INTEGER)) {
    return invalid('value', 'must be a decimal from 0 to 9007199 with at most 9 decimals, such as "12.50"')
  }
  if (currency !== own) return invalid('currency', `must be ${own}, the currency of the organisation`)
  return ok(Number(nanos))
}

function invalid(field: string, detail: string) {
  return err({ reason: 'invalid' as const, field, detail: `${field} ${detail}` })
}

function timeOf(id: string): EpochMs {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) as EpochMs
}
