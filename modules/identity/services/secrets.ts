import { createHash, randomBytes } from 'node:crypto'

export const API_TOKEN_PREFIX = 'plk_'
export const REFRESH_TOKEN_PREFIX = 'plr_'
const SECRET_BYTES = 32
/** Prefix and 43 characters of base64url. */
const SECRET = /^pl[kr]_[A-Za-z0-9_-]{43}$/
export const HINT_LENGTH = 12

/** 256 random bits with a prefix by which scanners find a leaked one. */
export function newSecret(prefix: typeof API_TOKEN_PREFIX | typeof REFRESH_TOKEN_PREFIX): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url')
}

export function isSecret(value: string): boolean {
  return SECRET.test(value)
}

/** What is kept of a secret. A plain digest is enough: 256 random bits cannot be guessed. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
