/** The port behind `Idempotency-Key`; identity keeps the keys in PostgreSQL. */
import type { Id } from '#modules/kernel/ids'

/** How long a stored answer is replayed. */
export const KEPT_HOURS = 24
/** After this long without an answer the process that held the key is taken for dead, and the key may be used again. */
export const IN_PROGRESS_MINUTES = 5

/** Who sent which request under which key. `digest` covers method, path, query and body. */
export type IdempotentRequest = {
  readonly organisationId: Id<'organisation'>
  /** Person or token: keys of two principals never meet. */
  readonly principal: string
  readonly key: string
  readonly method: string
  readonly path: string
  readonly digest: Buffer
}
export type StoredAnswer = { readonly status: number; readonly contentType: string; readonly body: string }
export type Beginning =
  | { readonly type: 'fresh'; readonly attempt: string }
  | { readonly type: 'stored'; readonly answer: StoredAnswer }
  | { readonly type: 'mismatch' }
  | { readonly type: 'in_progress' }

/**
 * Keeps a key from the first request that carries it. The key is committed before the work starts and the answer
 * after it ended: a crash between the two leaves the key in progress, so that repeats within
 * {@link IN_PROGRESS_MINUTES} are refused rather than done twice; a repeat after that runs the work again.
 */
export abstract class IdempotencyStore {
  abstract begin(request: IdempotentRequest): Promise<Beginning>
  /** Keeps the answer; does nothing when another attempt has taken the key over. */
  abstract finish(request: IdempotentRequest, attempt: string, answer: StoredAnswer): Promise<void>
  /** Forgets the key: the work failed on our side and may be tried again. */
  abstract release(request: IdempotentRequest, attempt: string): Promise<void>
}
