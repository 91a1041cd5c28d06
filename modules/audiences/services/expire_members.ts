import type { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, type Clock } from '#modules/kernel/time'
import type { Id } from '#modules/kernel/ids'
import { nextVersion } from '#modules/audiences/services/member_rows'

/** A process that has not looked for so long is started anew. */
const KEPT_MS = DAY_MS

/**
 * Lets memberships end: rows that have expired get a new revision, once, by which every process learns of it, and are
 * deleted a day later. Run it as often as a membership may last too long.
 */
export class ExpireMembers {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock
  ) {}

  async run(): Promise<void> {
    const now = new Date(this.clock.now())
    const gone = new Date(this.clock.now() - KEPT_MS)
    const due = await this.tenancy.system(async (trx) => {
      await trx.from('audiences_members').where('told', true).where('expires_at', '<', gone).delete()
      return (await trx
        .from('audiences_members')
        .where('told', false)
        .where('expires_at', '<=', now)
        .distinct('organisation_id')) as { organisation_id: Id<'organisation'> }[]
    })
    for (const { organisation_id: id } of due) {
      await this.tenancy.transaction(id, async (trx) => {
        const revision = await nextVersion(trx, id)
        const ended = trx.from('audiences_members').where('told', false).where('expires_at', '<=', now)
        await ended.update({ revision, told: true })
      })
    }
  }
}
