import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { INSTALLATION } from '#modules/kernel/ids'
import { deriveKey } from '#modules/kernel/signing'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import { CONVERSION_WINDOW_MS } from '#modules/events/contract'
import type { KeyRing } from '#modules/events/services/key_ring'

/** How often a process looks for new keys. */
export const KEY_REFRESH_MS = 60_000
/** A new key signs only after this, so that every process has looked ten times before it meets a token of it. */
export const KEY_SPREAD_MS = 10 * KEY_REFRESH_MS
/** Kept beyond the window of a key's last token, for clocks that differ. */
const KEY_MARGIN_MS = 3_600_000
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LOCK = 'placard.events.keys'

type Row = { readonly id: number; readonly sealed: Buffer; readonly signs_from: Date }
export type Rotation = {
  readonly added: number
  readonly signsFrom: number
  readonly removed: readonly number[]
}

/** A key cannot be opened: APP_KEY is not the one that sealed it. */
export class KeyUnreadableError extends Error {
  readonly code = 'E_TOKEN_KEY_UNREADABLE'
  constructor(id: number, cause: unknown) {
    super(`token key ${id} cannot be opened: APP_KEY is not the one it was made with`, { cause })
  }
}

/** The token keys in `events_keys`, sealed with a key derived from APP_KEY. Any number of processes may use it at once. */
export class KeyStore {
  private readonly sealingKey: Buffer

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    appKey: string
  ) {
    this.sealingKey = deriveKey(appKey, 'events.token_keys', KEY_BYTES)
  }

  /**
   * Fills the ring; makes the first key when there is none, exactly one however many processes start at once.
   * @throws KeyUnreadableError; the database's error
   */
  async load(ring: KeyRing): Promise<void> {
    let rows = await this.tenancy.system((trx) => allKeys(trx))
    if (rows.length === 0) {
      rows = await this.tenancy.system(async (trx) => {
        await lock(trx)
        if ((await allKeys(trx)).length === 0) await this.insert(trx, 1, 0)
        return allKeys(trx)
      })
    }
    ring.replace(
      rows.map((row) => ({ id: row.id, signsFrom: row.signs_from.getTime(), secret: this.open(row) }))
    )
  }

  /**
   * Adds a key that signs in ten minutes, and removes keys whose last token can convert no more: those whose successor
   * has been signing for longer than the longest window.
   */
  async rotate(): Promise<Rotation> {
    const now = this.clock.now()
    return this.tenancy.system(async (trx) => {
      await lock(trx)
      const rows = await allKeys(trx)
      const removed = expiredKeys(rows, now)
      await trx.from('events_keys').whereIn('id', removed).delete()
      const added = Math.max(0, ...rows.map((row) => row.id)) + 1
      const signsFrom = rows.length === 0 ? 0 : now + KEY_SPREAD_MS
      await this.insert(trx, added, signsFrom)
      return { added, signsFrom, removed }
    })
  }

  private async insert(trx: Transaction, id: number, signsFrom: number): Promise<void> {
    await trx.table('events_keys').insert({
      id,
      organisation_id: INSTALLATION,
      sealed: this.seal(id, randomBytes(KEY_BYTES)),
      signs_from: new Date(signsFrom),
      created_at: new Date(this.clock.now()),
    })
  }

  /** The id is authenticated too, so that no key can be passed off as another. */
  private seal(id: number, secret: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.sealingKey, nonce).setAAD(Buffer.from(String(id)))
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  private open({ id, sealed }: Row): Buffer {
    try {
      const nonce = sealed.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', this.sealingKey, nonce, { authTagLength: TAG_BYTES })
      decipher
        .setAAD(Buffer.from(String(id)))
        .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    } catch (error) {
      throw new KeyUnreadableError(id, error)
    }
  }
}

async function allKeys(trx: Transaction): Promise<Row[]> {
  return (await trx.from('events_keys').select('id', 'sealed', 'signs_from').orderBy('id')) as Row[]
}

async function lock(trx: Transaction): Promise<void> {
  await trx.rawQuery('select pg_advisory_xact_lock(hashtextextended(?, 0))', [LOCK])
}

function expiredKeys(rows: readonly Row[], now: number): number[] {
  const inOrder = [...rows].sort(
    (left, right) => left.signs_from.getTime() - right.signs_from.getTime() || left.id - right.id
  )
  return inOrder
    .filter((_, index) => {
      const successor = inOrder[index + 1]
      return (
        successor !== undefined && now - successor.signs_from.getTime() > CONVERSION_WINDOW_MS + KEY_MARGIN_MS
      )
    })
    .map((row) => row.id)
}
