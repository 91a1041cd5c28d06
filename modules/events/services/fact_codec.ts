import type { Currency } from '#modules/kernel/money'
import { INSTALLATION, type Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import { CHARGE, FACT_KIND, FILTER_REASONS } from '#modules/events/contract'
import type { Charge, Fact, FactKind, FilterReason } from '#modules/events/contract'
import * as binary from '#modules/events/services/binary'

/** Version of the layout below, first byte of every payload. A reader knows the current one and the one before. */
export const FACT_VERSION = 1
/** Bytes of one encoded fact. */
export const FACT_BYTES = 124

const FLAG = { lineItem: 1, creative: 2, subject: 4, country: 8, device: 16 } as const
// prettier-ignore
const AT = {
  version: 0, kind: 1, flags: 2, charge: 3, filter: 4, device: 5, country: 6, purposes: 8, currency: 10, spare: 13,
  price: 14, receivedAt: 22, id: 28, organisation: 44, placement: 60, lineItem: 76, creative: 92, subject: 108,
} as const
const KINDS = new Set<number>(Object.values(FACT_KIND))
const CHARGES = new Set<number>(Object.values(CHARGE))
const FILTER_CODE = new Map<string, number>(FILTER_REASONS.map((reason, index) => [reason, index + 1]))

/** Why a payload is no fact that this build can settle; a stable code, kept with the dead letter. */
export type FactFault =
  | 'unknown_version'
  | 'wrong_length'
  | 'unknown_kind'
  | 'unknown_charge'
  | 'unknown_filter'
  | 'bad_currency'
  | 'bad_country'
  | 'bad_price'

/**
 * Writes one fact, `FACT_BYTES` long, all of them set.
 * @throws RangeError naming the field that does not fit; `into` may then hold part of it
 */
export function writeFact(into: Buffer, at: number, fact: Fact): void {
  into[at + AT.version] = FACT_VERSION
  into[at + AT.kind] = checkKnown(fact.kind, KINDS, 'kind')
  into[at + AT.flags] = flagsOf(fact)
  into[at + AT.charge] = checkKnown(fact.charge, CHARGES, 'charge')
  into[at + AT.filter] = fact.filter === null ? 0 : checkUint(FILTER_CODE.get(fact.filter), 'filter')
  into[at + AT.device] = fact.device === null ? 0 : binary.checkUint(fact.device, 0xff, 'device')
  if (fact.country === null) into.fill(0, at + AT.country, at + AT.country + 2)
  else binary.writeLetters(into, at + AT.country, fact.country, 2, 'country')
  into.writeUInt16BE(binary.checkUint(fact.purposes, 0xffff, 'purposes'), at + AT.purposes)
  binary.writeLetters(into, at + AT.currency, fact.currency, 3, 'currency')
  into[at + AT.spare] = 0
  binary.writePrice(into, at + AT.price, fact.price)
  binary.writeUint48(into, at + AT.receivedAt, fact.receivedAt, 'receivedAt')
  binary.writeUuid(into, at + AT.id, fact.id, 'id')
  binary.writeUuid(into, at + AT.organisation, fact.organisationId, 'organisationId')
  binary.writeUuid(into, at + AT.placement, fact.placementId, 'placementId')
  writeOptionalUuid(into, at + AT.lineItem, fact.lineItemId, 'lineItemId')
  writeOptionalUuid(into, at + AT.creative, fact.creativeId, 'creativeId')
  writeSubject(into, at + AT.subject, fact.subjectRef)
}

function flagsOf(fact: Fact): number {
  return (
    (fact.lineItemId === null ? 0 : FLAG.lineItem) |
    (fact.creativeId === null ? 0 : FLAG.creative) |
    (fact.subjectRef === null ? 0 : FLAG.subject) |
    (fact.country === null ? 0 : FLAG.country) |
    (fact.device === null ? 0 : FLAG.device)
  )
}

function checkKnown(value: number, known: ReadonlySet<number>, field: string): number {
  if (!known.has(value)) throw new RangeError(`${field} is unknown`)
  return value
}

function checkUint(code: number | undefined, field: string): number {
  if (code === undefined) throw new RangeError(`${field} is unknown`)
  return code
}

function writeOptionalUuid(into: Buffer, at: number, id: string | null, field: string): void {
  if (id === null) into.fill(0, at, at + 16)
  else binary.writeUuid(into, at, id, field)
}

function writeSubject(into: Buffer, at: number, subjectRef: Buffer | null): void {
  if (subjectRef === null) into.fill(0, at, at + 16)
  else if (subjectRef.length !== 16) throw new RangeError('subjectRef is not 16 bytes')
  else subjectRef.copy(into, at)
}

/** What is wrong with a payload; null when `StoredFact` may read it. Any bytes are an acceptable argument. */
export function faultOf(payload: Buffer): FactFault | null {
  if (payload.length === 0 || payload[AT.version] !== FACT_VERSION) return 'unknown_version'
  if (payload.length !== FACT_BYTES) return 'wrong_length'
  if (!KINDS.has(payload[AT.kind]!)) return 'unknown_kind'
  if (!CHARGES.has(payload[AT.charge]!)) return 'unknown_charge'
  if (payload[AT.filter]! > FILTER_REASONS.length) return 'unknown_filter'
  if (!binary.hasLetters(payload, AT.currency, 3)) return 'bad_currency'
  if ((payload[AT.flags]! & FLAG.country) !== 0 && !binary.hasLetters(payload, AT.country, 2)) {
    return 'bad_country'
  }
  return Number.isNaN(binary.readPrice(payload, AT.price)) ? 'bad_price' : null
}

/** Place of a record: byte `offset` in `segment` of a log. */
export type RecordSource = { readonly logId: string; readonly segment: number; readonly offset: number }
const NOWHERE: RecordSource = { logId: INSTALLATION, segment: 0, offset: 0 }

/**
 * A fact over its bytes in the log: a field costs its text only when somebody asks for it, because the way to
 * PostgreSQL moves bytes, not strings. Holds a slice of the read buffer, so keep none for long.
 */
export class StoredFact implements Fact {
  /**
   * @param payload bytes without fault (`faultOf` said null)
   * @param source  where the record stands, for the dead letter that it may become
   */
  constructor(
    readonly payload: Buffer,
    readonly source: RecordSource = NOWHERE
  ) {}

  get kind() {
    return this.payload[AT.kind]! as FactKind
  }
  get id() {
    return binary.readUuid(this.payload, AT.id)
  }
  get organisationId() {
    return binary.readUuid(this.payload, AT.organisation) as Id<'organisation'>
  }
  get placementId() {
    return binary.readUuid(this.payload, AT.placement) as Id<'placement'>
  }
  get lineItemId() {
    return this.has(FLAG.lineItem) ? (binary.readUuid(this.payload, AT.lineItem) as Id<'line_item'>) : null
  }
  get creativeId() {
    return this.has(FLAG.creative) ? (binary.readUuid(this.payload, AT.creative) as Id<'creative'>) : null
  }
  get charge() {
    return this.payload[AT.charge]! as Charge
  }
  get price() {
    return binary.readPrice(this.payload, AT.price)
  }
  get currency() {
    return binary.readLetters(this.payload, AT.currency, 3) as Currency
  }
  get purposes() {
    return this.payload.readUInt16BE(AT.purposes)
  }
  get subjectRef() {
    return this.has(FLAG.subject) ? this.payload.subarray(AT.subject, AT.subject + 16) : null
  }
  get country() {
    return this.has(FLAG.country) ? binary.readLetters(this.payload, AT.country, 2) : null
  }
  get device() {
    return this.has(FLAG.device) ? this.payload[AT.device]! : null
  }
  get filter(): FilterReason | null {
    const code = this.payload[AT.filter]!
    return code === 0 ? null : FILTER_REASONS[code - 1]!
  }
  get receivedAt() {
    return binary.readUint48(this.payload, AT.receivedAt) as EpochMs
  }
  /** Time of the id: what reports, charges and partitions go by. */
  get issuedAt() {
    return binary.readUint48(this.payload, AT.id) as EpochMs
  }
  /** True for an id of version 7, the only one that holds a time. */
  get isTimeOrdered() {
    return this.payload[AT.id + 6]! >>> 4 === 7
  }
  /** Identity (token id and kind) as a map key. */
  get identity() {
    return this.payload.toString('latin1', AT.id, AT.id + 16) + String.fromCharCode(this.kind)
  }
  /** The 16 bytes of an id, for the binary way into PostgreSQL; null when the fact has none. */
  bytesOf(field: 'id' | 'organisation' | 'placement' | 'lineItem' | 'creative' | 'subject'): Buffer | null {
    const absent =
      (field === 'lineItem' || field === 'creative' || field === 'subject') && !this.has(FLAG[field])
    return absent ? null : this.payload.subarray(AT[field], AT[field] + 16)
  }

  /** A plain copy that outlives the read buffer. */
  plain(): Fact {
    const {
      kind,
      id,
      organisationId,
      placementId,
      lineItemId,
      creativeId,
      charge,
      price,
      currency,
      purposes,
    } = this
    const { country, device, filter, receivedAt } = this
    const subjectRef = this.subjectRef === null ? null : Buffer.from(this.subjectRef)
    // prettier-ignore
    return {
      kind, id, organisationId, placementId, lineItemId, creativeId, charge, price, currency, purposes, subjectRef,
      country, device, filter, receivedAt,
    }
  }

  private has(flag: number): boolean {
    return (this.payload[AT.flags]! & flag) !== 0
  }
}
