import { deriveKey, mac, sameBytes, signingKey } from '#modules/kernel/signing'
import type { KeyObject } from 'node:crypto'

/** Where a page ended: the sort key of its last row as PostgreSQL writes it, and the row's id. */
export type Position = { readonly key: string; readonly id: string }

const MAC_BYTES = 16
const LONGEST = 4096

/** Key that signs cursors, from the application's secret. */
export function cursorKey(secret: string): KeyObject {
  return signingKey(deriveKey(secret, 'cursor'))
}

/**
 * Writes a position as opaque text that is good for one list in one order. Signed, so that what comes back can be
 * handed to PostgreSQL as it is.
 * @param list  name of the list with its order, such as `campaigns:-createdAt`
 */
export function writeCursor(key: KeyObject, list: string, { key: at, id }: Position): string {
  const payload = Buffer.from(JSON.stringify([at, id])).toString('base64url')
  return `${payload}.${mac(key, `${list}\n${payload}`, MAC_BYTES).toString('base64url')}`
}

/** Reads a cursor; null when it is not one of this list and order. */
export function readCursor(key: KeyObject, list: string, cursor: string): Position | null {
  if (cursor.length > LONGEST) return null
  const [payload, signature, ...rest] = cursor.split('.')
  if (!payload || !signature || rest.length > 0) return null
  if (!sameBytes(mac(key, `${list}\n${payload}`, MAC_BYTES), Buffer.from(signature, 'base64url'))) return null
  const [at, id] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, string]
  return { key: at, id }
}
