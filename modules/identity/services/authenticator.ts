import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock, EpochMs } from '#modules/kernel/time'
import type { Party, Principal, Role, TokenScope } from '#modules/identity/contract'
import { permissionsOf } from '#modules/identity/permissions'
import type { AccessClaims, AccessTokens } from '#modules/identity/services/access_tokens'
import { API_TOKEN_PREFIX, isSecret, secretHash } from '#modules/identity/services/secrets'

/** `last_used_at` is written at most this often, so that reading does not mean writing. */
const USED_EVERY_MS = 5 * 60_000

type MemberRow = {
  organisation_id: Id<'organisation'>
  person_id: Id<'person'>
  role: Role
  parties: Party[] | null
}
type TokenRow = MemberRow & { token_id: Id<'api_token'>; scopes: TokenScope[]; last_used_at: Date | null }

function principalFrom(
  row: MemberRow,
  token: { id: Id<'api_token'>; scopes: readonly TokenScope[] } | null
): Principal {
  return {
    organisationId: row.organisation_id,
    personId: row.person_id,
    tokenId: token?.id ?? null,
    role: row.role,
    parties: row.parties,
    permissions: permissionsOf(row.role, token?.scopes ?? null),
  }
}

function memberQuery(trx: Transaction) {
  return trx
    .from('identity_memberships as member')
    .join('identity_people as person', 'person.id', 'member.person_id')
    .select('member.organisation_id', 'member.person_id', 'member.role', 'member.parties')
}

/**
 * Finds out who makes a request. Nothing is cached: whoever is removed, loses a role or changes the password loses
 * access with the next request. Look-ups run as the system role, for the organisation is not known before.
 */
export class Authenticator {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly accessTokens: AccessTokens
  ) {}

  async bearer(value: string): Promise<Principal | null> {
    if (value.startsWith(API_TOKEN_PREFIX)) return isSecret(value) ? this.apiToken(value) : null
    const claims = await this.accessTokens.read(value, this.clock.now())
    return claims ? this.session(claims) : null
  }

  async member(
    personId: Id<'person'>,
    organisationId: Id<'organisation'>,
    since?: EpochMs
  ): Promise<Principal | null> {
    const row: MemberRow | null = await this.tenancy.system((trx) => {
      const query = memberQuery(trx).where({
        'member.person_id': personId,
        'member.organisation_id': organisationId,
      })
      if (since !== undefined) void query.where('person.password_changed_at', '<=', new Date(since))
      return query.first()
    })
    return row ? principalFrom(row, null) : null
  }

  private async session(claims: AccessClaims): Promise<Principal | null> {
    const row: MemberRow | null = await this.tenancy.system((trx) =>
      memberQuery(trx)
        .where({ 'member.person_id': claims.personId, 'member.organisation_id': claims.organisationId })
        .where('person.credentials_version', claims.credentialsVersion)
        .whereExists((family) =>
          family
            .from('identity_refresh_tokens')
            .where({ family_id: claims.familyId, person_id: claims.personId })
        )
        .whereNotExists((family) =>
          family
            .from('identity_refresh_tokens')
            .where('family_id', claims.familyId)
            .whereNotNull('revoked_at')
        )
        .first()
    )
    return row ? principalFrom(row, null) : null
  }

  private apiToken(secret: string): Promise<Principal | null> {
    const now = this.clock.now()
    return this.tenancy.system(async (trx) => {
      const row: TokenRow | null = await memberQuery(trx)
        .join('identity_api_tokens as token', (join) =>
          join
            .on('token.created_by', 'member.person_id')
            .andOn('token.organisation_id', 'member.organisation_id')
        )
        .select('token.id as token_id', 'token.scopes', 'token.last_used_at')
        .where('token.secret_hash', secretHash(secret))
        .whereNull('token.revoked_at')
        .where((open) => open.whereNull('token.expires_at').orWhere('token.expires_at', '>', new Date(now)))
        .first()
      if (!row) return null
      if (row.last_used_at === null || now - row.last_used_at.getTime() > USED_EVERY_MS) {
        await trx
          .from('identity_api_tokens')
          .where('id', row.token_id)
          .update({ last_used_at: new Date(now) })
      }
      return principalFrom(row, { id: row.token_id, scopes: row.scopes })
    })
  }
}
