import type { Transaction } from '#modules/kernel/tenancy'
import type { Id } from '#modules/kernel/ids'
import { newId } from '#modules/kernel/ids'

/** News of a module, written in the transaction of the change it tells of. Delivered at least once, in any order. */
export type News = {
  readonly organisationId: Id<'organisation'>
  readonly name: string
  readonly version: number
  readonly data: Record<string, unknown>
}

/** Appends to `<module>_outbox`. The dispatcher publishes it after the commit and marks it sent. */
export async function appendOutbox(trx: Transaction, module: string, news: News): Promise<void> {
  await trx.table(`${module}_outbox`).insert({
    id: newId<'news'>(),
    organisation_id: news.organisationId,
    name: news.name,
    version: news.version,
    data: JSON.stringify(news.data),
  })
}
