import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { newId } from '#modules/kernel/ids'
import { deriveKey, sameBytes } from '#modules/kernel/signing'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import {
  IdempotencyStore,
  IN_PROGRESS_MINUTES,
  KEPT_HOURS,
  type Beginning,
  type IdempotentRequest,
  type StoredAnswer,
} from '#modules/kernel/http/idempotency'

const TABLE = 'identity_idempotency_keys'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

type Row = {
  request_digest: Buffer
  method: string
  path: string
  status: number | null
  content_type: string | null
  body: Buffer | null
  created_at: Date
}

/**
 * Idempotency keys in PostgreSQL. Of the key itself only a digest is kept, and the answer is sealed under a key made
 * from it: an answer may hold a secret that is shown once, and only who sends the same key again can have it opened.
 */
export default class PostgresIdempotency extends IdempotencyStore {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly appKey: string
  ) {
    super()
  }

  async begin(request: IdempotentRequest): Promise<Beginning> {
    const now = this.clock.now()
    const attempt = newId<'attempt'>(now)
    const start = {
      method: request.method,
      path: request.path.slice(0, 2048),
      request_digest: request.digest,
      attempt,
      status: null,
      content_type: null,
      body: null,
      created_at: new Date(now),
    }
    return this.tenancy.transaction(request.organisationId, async (trx) => {
      const made = await trx
        .knexQuery()
        .table(TABLE)
        .insert({ ...identityOf(request), ...start })
        .onConflict(['organisation_id', 'principal', 'key_digest'])
        .ignore()
        .returning('attempt')
      if (made.length > 0) return { type: 'fresh', attempt }
      const row: Row | null = await rowOf(trx, request).forUpdate().first()
      if (row === null || this.isOver(row, now)) {
        await rowOf(trx, request).update(start)
        return { type: 'fresh', attempt }
      }
      if (!sameBytes(row.request_digest, request.digest)) return { type: 'mismatch' }
      if (row.status === null) return { type: 'in_progress' }
      return {
        type: 'stored',
        answer: {
          status: row.status,
          contentType: row.content_type ?? '',
          body: this.open(request, row.body),
        },
      }
    })
  }

  async finish(request: IdempotentRequest, attempt: string, answer: StoredAnswer): Promise<void> {
    const change = {
      status: answer.status,
      content_type: answer.contentType,
      body: this.seal(request, answer.body),
    }
    await this.tenancy.transaction(request.organisationId, (trx) =>
      rowOf(trx, request).where('attempt', attempt).update(change)
    )
  }

  async release(request: IdempotentRequest, attempt: string): Promise<void> {
    await this.tenancy.transaction(request.organisationId, (trx) =>
      rowOf(trx, request).where('attempt', attempt).delete()
    )
  }

  private isOver(row: Row, now: number): boolean {
    const age = now - row.created_at.getTime()
    return age >= KEPT_HOURS * 3_600_000 || (row.status === null && age >= IN_PROGRESS_MINUTES * 60_000)
  }

  private sealingKey(request: IdempotentRequest): Buffer {
    return deriveKey(this.appKey, `idempotent-answer:${request.organisationId}:${request.key}`)
  }

  private seal(request: IdempotentRequest, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.sealingKey(request), nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  private open(request: IdempotentRequest, sealed: Buffer | null): string {
    if (sealed === null) return ''
    const decipher = createDecipheriv(CIPHER, this.sealingKey(request), sealed.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8')
  }
}

function identityOf({ organisationId, principal, key }: IdempotentRequest) {
  return { organisation_id: organisationId, principal, key_digest: createHash('sha256').update(key).digest() }
}

function rowOf(trx: Transaction, request: IdempotentRequest) {
  return trx.from(TABLE).where(identityOf(request))
}
