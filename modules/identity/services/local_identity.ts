import type { Currency } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import { isUuid } from '#modules/kernel/ids'
import type { Result } from '#modules/kernel/result'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import { Identity, type LoginFailure, type Organisation, type Principal } from '#modules/identity/contract'
import type { AdminSessions } from '#modules/identity/services/admin_sessions'
import type { Authenticator } from '#modules/identity/services/authenticator'
import type { Member, Sessions } from '#modules/identity/services/sessions'

export type OrganisationRow = {
  id: Id<'organisation'>
  name: string
  slug: string
  currency: Currency
  time_zone: string
  created_at: Date
}

export function organisationFrom(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    currency: row.currency,
    timeZone: row.time_zone,
    createdAt: row.created_at.getTime() as EpochMs,
  }
}

/** Identity in this process, over PostgreSQL. */
export default class LocalIdentity extends Identity {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly authenticator: Authenticator,
    private readonly sessions: Sessions,
    private readonly adminSessions: AdminSessions
  ) {
    super()
  }

  authenticate(bearer: string): Promise<Principal | null> {
    return this.authenticator.bearer(bearer)
  }

  async principalOf(
    personId: Id<'person'>,
    organisationId: Id<'organisation'>,
    since?: EpochMs
  ): Promise<Principal | null> {
    return isUuid(personId) && isUuid(organisationId)
      ? this.authenticator.member(personId, organisationId, since)
      : null
  }

  openAdminSession(personId: Id<'person'>, organisationId: Id<'organisation'>) {
    return this.adminSessions.open(personId, organisationId)
  }

  principalOfAdminSession(id: string): Promise<Principal | null> {
    return this.adminSessions.principal(id)
  }

  endAdminSession(id: string): Promise<void> {
    return this.adminSessions.end(id)
  }

  logIn(email: string, password: string, from: string): Promise<Result<Member, LoginFailure>> {
    return this.sessions.logIn(email, password, from)
  }

  async organisation(id: Id<'organisation'>): Promise<Organisation | null> {
    if (!isUuid(id)) return null
    const row: OrganisationRow | null = await this.tenancy.transaction(id, (trx) =>
      trx.from('identity_organisations').where('id', id).first()
    )
    return row ? organisationFrom(row) : null
  }

  async organisations(): Promise<readonly Organisation[]> {
    const rows: OrganisationRow[] = await this.tenancy.system((trx) =>
      trx.from('identity_organisations').orderBy('id')
    )
    return rows.map(organisationFrom)
  }

  async person(id: Id<'person'>) {
    if (!isUuid(id)) return null
    return this.tenancy.system((trx) =>
      trx
        .query<{ id: Id<'person'>; name: string; email: string }>()
        .from('identity_people')
        .where('id', id)
        .select('id', 'name', 'email')
        .first()
    )
  }
}
