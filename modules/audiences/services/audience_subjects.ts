import { inject } from '@adonisjs/core'
import type { Id } from '#modules/kernel/ids'
import { SubjectStore } from '#modules/kernel/subject_store'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock, DAY_MS } from '#modules/kernel/time'
import { ConsentGate } from '#modules/privacy/contract'
import { endMembers, nextVersion } from '#modules/audiences/services/member_rows'
import { everyRef } from '#modules/audiences/services/references'
import { MAX_DAYS } from '#modules/audiences/validators/segment'

/** What is kept of a person in segments. A subject is the first-party id, as requests and uploads give it. */
@inject()
export default class AudienceSubjects extends SubjectStore {
  readonly name = 'audiences.members'

  constructor(
    private tenancy: Tenancy,
    private clock: Clock,
    private gate: ConsentGate
  ) {
    super()
  }

  /** Segments that the person is in, with the end of the membership; one of several epochs is one each. */
  async find(organisationId: Id<'organisation'>, subject: string) {
    const now = this.clock.now()
    return this.tenancy.transaction(organisationId, async (trx) => {
      const rows = (await trx
        .from('audiences_members as m')
        .join('audiences_segments as s', 's.id', 'm.segment_id')
        .whereIn('m.subject_ref', this.refs(organisationId, subject))
        .where('m.expires_at', '>', new Date(now))
        .orderBy('m.expires_at')
        .select('s.id', 's.name', 'm.expires_at')) as { id: string; name: string; expires_at: Date }[]
      return rows.map(({ id, name, expires_at: at }) => ({
        segmentId: id,
        name,
        expiresAt: at.toISOString(),
      }))
    })
  }

  /** Ends the memberships at once; the rows themselves are deleted a day later, when every process knows. */
  async erase(organisationId: Id<'organisation'>, subject: string): Promise<number> {
    return this.tenancy.transaction(organisationId, async (trx) => {
      const version = await nextVersion(trx, organisationId)
      return endMembers(
        trx,
        organisationId,
        null,
        this.refs(organisationId, subject),
        version,
        this.clock.now()
      )
    })
  }

  private refs(organisationId: Id<'organisation'>, subject: string): Buffer[] {
    return everyRef(this.gate, organisationId, subject, this.clock.now(), MAX_DAYS * DAY_MS)
  }
}
