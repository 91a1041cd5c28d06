import type { Id } from '#modules/kernel/ids'
import { SubjectStore } from '#modules/kernel/subject_store'
import { PURPOSE, type ConsentDecision, type ConsentGate } from '#modules/privacy/contract'
import type { CapStore } from '#modules/matching/services/caps/cap_store'
import type { CapSync } from '#modules/matching/services/caps/cap_sync'

/** Who asks about themselves has given leave to be found. */
const ASKED: ConsentDecision = { mayUseId: true, purposes: PURPOSE.storage, reason: 'subject_request' }

/** What frequency caps keep of a person: how many ads of whom, by window; found by the first-party id. */
export class CapSubjects extends SubjectStore {
  readonly name = 'matching.frequency_caps'

  constructor(
    private readonly gate: ConsentGate,
    private readonly sync: CapSync,
    private readonly store: CapStore
  ) {
    super()
  }

  async find(
    organisationId: Id<'organisation'>,
    subject: string
  ): Promise<readonly Record<string, unknown>[]> {
    const ref = this.refOf(organisationId, subject)
    if (ref === null) return []
    await this.sync.run()
    return this.store.counts(ref, 0).map(({ counter, window, count }) => {
      const [ownerId, unit] = counter.split(' ')
      return { ownerId, unit, window, count }
    })
  }

  async erase(organisationId: Id<'organisation'>, subject: string): Promise<number> {
    const ref = this.refOf(organisationId, subject)
    return ref === null ? 0 : this.sync.erase(ref)
  }

  private refOf(organisationId: Id<'organisation'>, subject: string): string | null {
    return this.gate.capRef(organisationId, subject, ASKED)?.toString('base64url') ?? null
  }
}
