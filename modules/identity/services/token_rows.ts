import { newId, type Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import type { TokenScope } from '#modules/identity/contract'
import { API_TOKEN_PREFIX, HINT_LENGTH, newSecret, secretHash } from '#modules/identity/services/secrets'

export type TokenRow = {
  id: Id<'api_token'>
  name: string
  hint: string
  scopes: TokenScope[]
  created_by: Id<'person'>
  created_at: Date
  last_used_at: Date | null
  expires_at: Date | null
  revoked_at: Date | null
}
export type NewToken = {
  name: string
  scopes: readonly TokenScope[]
  createdBy: Id<'person'>
  expiresAt: EpochMs | null
}

/** Adds an API token and returns its secret, which is kept nowhere. */
export async function insertToken(
  trx: Transaction,
  organisationId: Id<'organisation'>,
  token: NewToken,
  now: EpochMs
): Promise<{ id: Id<'api_token'>; secret: string }> {
  const id = newId<'api_token'>(now)
  const secret = newSecret(API_TOKEN_PREFIX)
  await trx.table('identity_api_tokens').insert({
    id,
    organisation_id: organisationId,
    name: token.name,
    secret_hash: secretHash(secret),
    hint: secret.slice(0, HINT_LENGTH),
    scopes: [...token.scopes],
    created_by: token.createdBy,
    created_at: new Date(now),
    expires_at: token.expiresAt === null ? null : new Date(token.expiresAt),
  })
  return { id, secret }
}
