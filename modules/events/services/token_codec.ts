import { createHmac } from 'node:crypto'
import type { Currency } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { sameBytes } from '#modules/kernel/signing'
import { CHARGE, TokenCodec } from '#modules/events/contract'
import type { Charge, TokenClaims, TokenFailure, TokenReading } from '#modules/events/contract'
import type { KeyRing } from '#modules/events/services/key_ring'
import * as binary from '#modules/events/services/binary'

const VERSION = 1
const FLAG = { subject: 1, country: 2, device: 4 } as const
// prettier-ignore
const AT = {
  version: 0, keyId: 1, flags: 5, charge: 6, purposes: 7, currency: 9, country: 12, device: 14, price: 15,
  expiresAt: 23, id: 29, organisation: 45, placement: 61, lineItem: 77, creative: 93, subject: 109, mac: 125,
} as const
/** HMAC-SHA-256 cut to half, the least that RFC 2104 §5 allows: 2^-128 for a guess. */
const MAC_BYTES = 16
/** A multiple of three, so that base64url has no left-over bits and a token only one spelling. */
const TOKEN_BYTES = AT.mac + MAC_BYTES
/** Length of every token's text. */
export const TOKEN_CHARS = (TOKEN_BYTES / 3) * 4

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const SEXTET = new Int8Array(128).fill(-1)
for (let value = 0; value < 64; value++) SEXTET[ALPHABET.charCodeAt(value)] = value
const CHARGES = new Set<number>(Object.values(CHARGE))

const refused = Object.fromEntries(
  (['malformed', 'unknown_key', 'forged', 'expired'] as const).map((failure) => [
    failure,
    { ok: false, failure },
  ])
) as Record<TokenFailure, TokenReading>

/**
 * Tokens of 141 bytes in 188 characters: version, key id, claims at fixed places, MAC over all bytes before it.
 * One instance per process; it works in buffers of its own and is not re-entrant, which synchronous code never is.
 */
export class BinaryTokenCodec extends TokenCodec {
  private readonly scratch = Buffer.alloc(TOKEN_BYTES)
  private readonly signed = this.scratch.subarray(0, AT.mac)
  private readonly given = this.scratch.subarray(AT.mac)

  constructor(private readonly keys: KeyRing) {
    super()
  }

  /**
   * Signs with the key that is current at the id's time.
   * @throws RangeError naming the claim that does not fit
   * @throws Error when the ring holds no key for that time
   */
  write(claims: TokenClaims): string {
    const { scratch } = this
    layOut(scratch, claims)
    const key = this.keys.signing(binary.readUint48(scratch, AT.id))
    binary.writeUint32(scratch, AT.keyId, key.id)
    createHmac('sha256', key.secret).update(this.signed).digest().copy(scratch, AT.mac, 0, MAC_BYTES)
    return scratch.toString('base64url')
  }

  /** Expiry is judged last: a token that was never ours is `forged`, not `expired`. */
  read(token: string, nowMs: number): TokenReading {
    const { scratch } = this
    if (typeof token !== 'string' || !decode(token, scratch) || scratch[AT.version] !== VERSION) {
      return refused.malformed
    }
    const secret = this.keys.verifying(binary.readUint32(scratch, AT.keyId))
    if (secret === null) return refused.unknown_key
    const computed = createHmac('sha256', secret).update(this.signed).digest()
    if (!sameBytes(computed.subarray(0, MAC_BYTES), this.given)) return refused.forged
    if (!CHARGES.has(scratch[AT.charge]!)) return refused.malformed
    if (binary.readUint48(scratch, AT.expiresAt) <= nowMs) return refused.expired
    return { ok: true, claims: claimsOf(scratch) }
  }
}

/** Fills `into` with exactly `TOKEN_BYTES`; false unless the text is their only spelling. Allocates nothing. */
function decode(token: string, into: Buffer): boolean {
  if (token.length !== TOKEN_CHARS) return false
  for (let from = 0, to = 0; from < TOKEN_CHARS; from += 4, to += 3) {
    const bits =
      (sextet(token.charCodeAt(from)) << 18) |
      (sextet(token.charCodeAt(from + 1)) << 12) |
      (sextet(token.charCodeAt(from + 2)) << 6) |
      sextet(token.charCodeAt(from + 3))
    if (bits < 0) return false
    into[to] = bits >>> 16
    into[to + 1] = bits >>> 8
    into[to + 2] = bits
  }
  return true
}

function sextet(code: number): number {
  return code < 128 ? SEXTET[code]! : -1
}

function layOut(into: Buffer, claims: TokenClaims): void {
  if (!CHARGES.has(claims.charge)) throw new RangeError('charge is unknown')
  into[AT.version] = VERSION
  into[AT.flags] =
    (claims.subjectRef === null ? 0 : FLAG.subject) |
    (claims.country === null ? 0 : FLAG.country) |
    (claims.device === null ? 0 : FLAG.device)
  into[AT.charge] = claims.charge
  into.writeUInt16BE(binary.checkUint(claims.purposes, 0xffff, 'purposes'), AT.purposes)
  binary.writeLetters(into, AT.currency, claims.currency, 3, 'currency')
  if (claims.country === null) into.fill(0, AT.country, AT.country + 2)
  else binary.writeLetters(into, AT.country, claims.country, 2, 'country')
  into[AT.device] = claims.device === null ? 0 : binary.checkUint(claims.device, 0xff, 'device')
  binary.writePrice(into, AT.price, claims.price)
  binary.writeUint48(into, AT.expiresAt, claims.expiresAt, 'expiresAt')
  binary.writeUuid(into, AT.id, claims.id, 'id')
  if (into[AT.id + 6]! >>> 4 !== 7) throw new RangeError('id is not a uuid of version 7')
  binary.writeUuid(into, AT.organisation, claims.organisationId, 'organisationId')
  binary.writeUuid(into, AT.placement, claims.placementId, 'placementId')
  binary.writeUuid(into, AT.lineItem, claims.lineItemId, 'lineItemId')
  binary.writeUuid(into, AT.creative, claims.creativeId, 'creativeId')
  if (claims.subjectRef === null) into.fill(0, AT.subject, AT.subject + 16)
  else if (claims.subjectRef.length !== 16) throw new RangeError('subjectRef is not 16 bytes')
  else claims.subjectRef.copy(into, AT.subject)
}

function claimsOf(from: Buffer): TokenClaims {
  const flags = from[AT.flags]!
  return {
    id: binary.readUuid(from, AT.id),
    organisationId: binary.readUuid(from, AT.organisation) as Id<'organisation'>,
    placementId: binary.readUuid(from, AT.placement) as Id<'placement'>,
    lineItemId: binary.readUuid(from, AT.lineItem) as Id<'line_item'>,
    creativeId: binary.readUuid(from, AT.creative) as Id<'creative'>,
    charge: from[AT.charge]! as Charge,
    price: binary.readPrice(from, AT.price),
    currency: binary.readLetters(from, AT.currency, 3) as Currency,
    purposes: from.readUInt16BE(AT.purposes),
    subjectRef: flags & FLAG.subject ? Buffer.from(from.subarray(AT.subject, AT.subject + 16)) : null,
    country: flags & FLAG.country ? binary.readLetters(from, AT.country, 2) : null,
    device: flags & FLAG.device ? from[AT.device]! : null,
    expiresAt: binary.readUint48(from, AT.expiresAt) as EpochMs,
  }
}
