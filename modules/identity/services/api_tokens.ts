import { collection, filterBy, type ListInput } from '#modules/kernel/http/collection'
import { invalid, notAllowed, notFound } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock, EpochMs } from '#modules/kernel/time'
import type { Principal, TokenScope } from '#modules/identity/contract'
import { mayGrant } from '#modules/identity/permissions'
import { appendAudit } from '#modules/identity/services/audit_log'
import { insertToken, type TokenRow } from '#modules/identity/services/token_rows'
import { tokenState } from '#modules/identity/validators'

const NOT_OVER = '(revoked_at is null and (expires_at is null or expires_at > now()))'

export const tokenList = collection({
  table: 'identity_api_tokens',
  sort: { name: { sql: 'lower(identity_api_tokens.name)' }, createdAt: 'created_at' },
  defaultSort: '-createdAt',
  search: ['name'],
  filters: {
    state: filterBy(
      tokenState(),
      (query, state) => void query.whereRaw(state === 'active' ? NOT_OVER : `not ${NOT_OVER}`)
    ),
  },
})

export type TokenInput = { name: string; scopes: TokenScope[]; expiresAt?: EpochMs | null }

export function tokenJson(row: TokenRow) {
  const at = (time: Date | null) => instantJson(time?.getTime() ?? null)
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: at(row.created_at),
    lastUsedAt: at(row.last_used_at),
    expiresAt: at(row.expires_at),
    revokedAt: at(row.revoked_at),
  }
}

/** API tokens. Who may manage people sees all of the organisation; everyone else their own. */
export class ApiTokens {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock
  ) {}

  list(principal: Principal, input: ListInput) {
    return this.tenancy.transaction(principal.organisationId, (trx) =>
      tokenList.page(visible(trx, principal).select('*'), input, tokenJson)
    )
  }

  async show(principal: Principal, id: string) {
    const row = await this.tenancy.transaction(principal.organisationId, (trx) =>
      visible(trx, principal).where('id', id).first()
    )
    if (!row) throw notFound('token')
    return tokenJson(row)
  }

  /** @returns the token with its `secret`, which is not kept and cannot be shown again */
  async create(principal: Principal, { name, scopes, expiresAt = null }: TokenInput) {
    const now = this.clock.now()
    const { organisationId, personId } = principal
    if (personId === null) throw notAllowed('Only a person can create a token.')
    const beyond = scopes.findIndex((scope) => !mayGrant(principal.permissions, scope))
    if (beyond !== -1) {
      throw notAllowed(
        `You cannot grant the scope ${scopes[beyond]}: you do not have its rights yourself.`,
        `scopes.${beyond}`
      )
    }
    if (expiresAt !== null && expiresAt <= now) {
      throw invalid('expiresAt', 'future', 'The expiresAt field must be in the future.')
    }
    return this.tenancy.transaction(organisationId, async (trx) => {
      const { id, secret } = await insertToken(
        trx,
        organisationId,
        { name, scopes: [...new Set(scopes)], createdBy: personId, expiresAt },
        now
      )
      await appendAudit(
        trx,
        principal,
        [
          {
            action: 'token.created',
            objectType: 'token',
            objectId: id,
            after: { name, scopes, expiresAt: instantJson(expiresAt) },
          },
        ],
        now
      )
      return { ...tokenJson(await visible(trx, principal).where('id', id).firstOrFail()), secret }
    })
  }

  /** Ends a token with the next request that carries it. A token that is ended already stays as it is. */
  async revoke(principal: Principal, id: string): Promise<void> {
    const now = this.clock.now()
    await this.tenancy.transaction(principal.organisationId, async (trx) => {
      const row = await visible(trx, principal).where('id', id).forUpdate().first()
      if (!row) throw notFound('token')
      if (row.revoked_at !== null) return
      await trx
        .from('identity_api_tokens')
        .where('id', id)
        .update({ revoked_at: new Date(now) })
      await appendAudit(
        trx,
        principal,
        [{ action: 'token.revoked', objectType: 'token', objectId: id, before: { name: row.name } }],
        now
      )
    })
  }
}

function visible(trx: Transaction, principal: Principal) {
  const query = trx.query<TokenRow>().from('identity_api_tokens')
  return principal.permissions.has('people.write')
    ? query
    : query.where('created_by', principal.personId ?? principal.organisationId)
}
