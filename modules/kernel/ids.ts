import { randomFillSync } from 'node:crypto'

declare const kind: unique symbol
/** An opaque identifier. `Id<'campaign'>` cannot be passed where `Id<'advertiser'>` is asked for. */
export type Id<Kind extends string> = string & { readonly [kind]: Kind }

/**
 * Owner of rows that belong to no tenant but to the installation (token keys, log positions, cursors). Every table
 * has an `organisation_id`, and no transaction of a tenant is ever set to this one.
 */
export const INSTALLATION = '00000000-0000-0000-0000-000000000000' as Id<'organisation'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES
let lastMs = 0
let sequence = 0

/**
 * UUID version 7 in 16 bytes: 48 bits of milliseconds, a 12-bit counter that keeps ids of one millisecond in
 * order within the process (it borrows from the next millisecond when full), 62 random bits.
 * @source RFC 9562 §5.7 and §6.2 method 1
 */
export function uuidv7Bytes(
  nowMs: number = Date.now(),
  into: Buffer = Buffer.allocUnsafe(16),
  at = 0
): Buffer {
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastMs += 1
    sequence = 0
  }
  if (used + 8 > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  into.writeUIntBE(lastMs, at, 6)
  into.writeUInt16BE(0x7000 | sequence, at + 6)
  pool.copy(into, at + 8, used, used + 8)
  used += 8
  into[at + 8] = (into[at + 8]! & 0x3f) | 0x80
  return into
}

/** A new time-ordered id. */
export function newId<Kind extends string>(nowMs?: number): Id<Kind> {
  return uuidFromBytes(uuidv7Bytes(nowMs)) as Id<Kind>
}

/** Canonical lower-case text of 16 bytes. */
export function uuidFromBytes(bytes: Uint8Array, at = 0): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + at, 16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** 16 bytes of a canonical uuid, written into `into` when given. The caller has checked `isUuid`. */
export function uuidToBytes(id: string, into: Buffer = Buffer.allocUnsafe(16), at = 0): Buffer {
  into.write(id.replaceAll('-', ''), at, 16, 'hex')
  return into
}

/** True for a canonical lower-case uuid of any version. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** Milliseconds since 1970 held in a version 7 id. */
export function uuidTimeMs(bytes: Uint8Array, at = 0): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, 6).readUIntBE(0, 6)
}
