import { Exception } from '@adonisjs/core/exceptions'

/** A snapshot breaks its own contract: a bug of the compiler, never a user's mistake. The engine before it stays. */
export class SnapshotInvalidException extends Exception {
  static override status = 500
  static override code = 'E_SNAPSHOT_INVALID'
  constructor(field: string, found: unknown, expected: string, cause?: unknown) {
    super(`${field} is ${JSON.stringify(found)}, expected ${expected}`, { cause })
  }
}
