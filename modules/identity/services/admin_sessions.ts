import { randomUUID } from 'node:crypto'
import { isUuid, type Id } from '#modules/kernel/ids'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { Clock, EpochMs } from '#modules/kernel/time'
import type { Principal } from '#modules/identity/contract'
import type { Authenticator } from '#modules/identity/services/authenticator'

/** A working day and then some; whoever works longer logs in again. */
const SESSION_MS = 14 * 3_600_000

type Row = { organisation_id: Id<'organisation'>; person_id: Id<'person'>; created_at: Date }

/** Log-ins of the admin, kept on the server: a copied cookie ends with the log-out. */
export class AdminSessions {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly authenticator: Authenticator
  ) {}

  async open(personId: Id<'person'>, organisationId: Id<'organisation'>): Promise<Id<'admin_session'>> {
    const [id, now] = [randomUUID() as string as Id<'admin_session'>, this.clock.now()]
    await this.tenancy.transaction(organisationId, (trx) =>
      trx.table('identity_admin_sessions').insert({
        id,
        organisation_id: organisationId,
        person_id: personId,
        created_at: new Date(now),
        expires_at: new Date(now + SESSION_MS),
      })
    )
    return id
  }

  /** Who the session belongs to; null when it has ended, or its person has gone or changed the password since. */
  async principal(id: string): Promise<Principal | null> {
    if (!isUuid(id)) return null
    const row = await this.tenancy.system(
      (trx) =>
        trx
          .from('identity_admin_sessions')
          .select('organisation_id', 'person_id', 'created_at')
          .where({ id })
          .whereNull('ended_at')
          .where('expires_at', '>', new Date(this.clock.now()))
          .first() as Promise<Row | null>
    )
    return row
      ? this.authenticator.member(row.person_id, row.organisation_id, row.created_at.getTime() as EpochMs)
      : null
  }

  /** Safe to repeat; an unknown id changes nothing. */
  async end(id: string): Promise<void> {
    if (!isUuid(id)) return
    await this.tenancy.system((trx) =>
      trx
        .from('identity_admin_sessions')
        .where({ id })
        .whereNull('ended_at')
        .update({ ended_at: new Date(this.clock.now()) })
    )
  }
}
