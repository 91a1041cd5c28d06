import { createSecretKey, type KeyObject } from 'node:crypto'

/** A key of the ring: `id` travels in every token, `signsFrom` is when processes begin to sign with it. */
export type RingKey = { readonly id: number; readonly signsFrom: number; readonly secret: KeyObject }

/** No more than one look for new keys in this time, so that forged key ids cannot hammer PostgreSQL. */
const LOOK_AGAIN_MS = 10_000

/**
 * The keys that this process knows, in memory, swapped whole. `onMissing` is called, at most every ten seconds, when
 * a token names a key that is not here: another process may have made one since the last load.
 */
export class KeyRing {
  private byId = new Map<number, KeyObject>()
  private newestFirst: readonly RingKey[] = []
  private lookedAt = 0
  onMissing: () => void = () => {}

  replace(keys: readonly { id: number; signsFrom: number; secret: Buffer }[]): void {
    const prepared = keys.map((key) => ({ ...key, secret: createSecretKey(key.secret) }))
    this.byId = new Map(prepared.map((key) => [key.id, key.secret]))
    this.newestFirst = prepared.sort((left, right) => right.signsFrom - left.signsFrom || right.id - left.id)
  }

  get size(): number {
    return this.byId.size
  }

  /**
   * The newest key that signs at `nowMs`; the oldest one when the clock says that none does yet, since every process
   * knows it and refusing to serve over a clock that is behind would help nobody.
   * @throws Error when the ring is empty: it was never loaded
   */
  signing(nowMs: number): RingKey {
    const oldest = this.newestFirst.at(-1)
    if (oldest === undefined) throw new Error('E_KEY_RING_EMPTY: the token keys have not been loaded')
    return this.newestFirst.find((key) => key.signsFrom <= nowMs) ?? oldest
  }

  /** Null when the key is not known (yet, or any more). */
  verifying(id: number): KeyObject | null {
    const key = this.byId.get(id)
    if (key !== undefined) return key
    const now = Date.now()
    if (now - this.lookedAt >= LOOK_AGAIN_MS) {
      this.lookedAt = now
      this.onMissing()
    }
    return null
  }
}
