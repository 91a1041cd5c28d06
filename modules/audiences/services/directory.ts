import { inject } from '@adonisjs/core'
import { isUuid, type Id } from '#modules/kernel/ids'
import { Tenancy } from '#modules/kernel/tenancy'
import { SegmentDirectory } from '#modules/campaigns/contract'

/** Tells campaigns which segments a targeting may name. */
@inject()
export default class LocalSegmentDirectory extends SegmentDirectory {
  constructor(private tenancy: Tenancy) {
    super()
  }

  async existing(organisationId: Id<'organisation'>, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.tenancy.transaction(organisationId, async (trx) => {
      const rows = (await trx.from('audiences_segments').whereIn('id', ids.filter(isUuid)).select('id')) as {
        id: string
      }[]
      return new Set(rows.map(({ id }) => id))
    })
  }
}
