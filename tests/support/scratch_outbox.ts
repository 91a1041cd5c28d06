import app from '@adonisjs/core/services/app'
import { SYSTEM_ROLE, TENANT_ROLE } from '#config/database_roles'
import { addOutboxAttempts, createOutboxTable } from '#modules/kernel/database/outbox_table'
import { newId, type Id } from '#modules/kernel/ids'
import { appendOutbox, NewsKind, Outboxes, type DeliveredNews } from '#modules/kernel/outbox'
import { OutboxDispatcher, type DispatcherOptions } from '#modules/kernel/outbox_dispatcher'
import { Tenancy } from '#modules/kernel/tenancy'
import { FrozenClock } from '#modules/kernel/time'

export const SCRATCH = 'scratch'
export const SCRATCH_TABLE = `${SCRATCH}_outbox`
export type Told = { readonly number: number }
export const told = new NewsKind<Told>('scratch.told')
export type Heard = { organisationId: Id<'organisation'>; number: number; id: Id<'news'> }
export type StoredNews = { attempts: number; sent_at: Date | null; retry_at: Date | null; data: Told }

/** Makes the outbox of a module that does not exist, like those of modules. @returns what removes it */
export async function createScratchOutbox(): Promise<() => Promise<void>> {
  const owner = (await app.container.make('lucid.db')).connection('owner')
  await owner.schema.dropTableIfExists(SCRATCH_TABLE)
  const { schema } = owner
  createOutboxTable(schema, SCRATCH)
  addOutboxAttempts(schema, SCRATCH)
  schema.raw(`grant select, insert, update, delete on ${SCRATCH_TABLE} to ${TENANT_ROLE}, ${SYSTEM_ROLE}`)
  await schema
  return async () => {
    await owner.schema.dropTable(SCRATCH_TABLE)
  }
}

export const newOrganisation = () => newId<'organisation'>()

/** Leaves news about `numbers` in one transaction. */
export async function tell(organisationId: Id<'organisation'>, ...numbers: number[]): Promise<void> {
  const tenancy = await app.container.make(Tenancy)
  await tenancy.transaction(organisationId, async (trx) => {
    for (const number of numbers) await appendOutbox(trx, SCRATCH, told.of(organisationId, { number }))
  })
}

/** Rows of an organisation in the order of their ids. */
export async function stored(organisationId: Id<'organisation'>): Promise<StoredNews[]> {
  const tenancy = await app.container.make(Tenancy)
  return tenancy.system(
    async (trx) =>
      (await trx.from(SCRATCH_TABLE).where('organisation_id', organisationId).orderBy('id')) as StoredNews[]
  )
}

/** A dispatcher of the scratch outbox with a clock of its own, as one process has it. */
export async function dispatching(
  handler: (news: DeliveredNews<Told>) => Promise<void> = async () => undefined,
  options: DispatcherOptions & { clock?: FrozenClock } = {}
) {
  const heard: Heard[] = []
  const log: { message: string; fields: object }[] = []
  const outboxes = new Outboxes()
  outboxes.deliver(SCRATCH)
  outboxes.on(told, async (news) => {
    await handler(news)
    heard.push({ organisationId: news.organisationId, number: news.data.number, id: news.id })
  })
  const clock = options.clock ?? new FrozenClock(Date.now())
  const tenancy = await app.container.make(Tenancy)
  const logger = { error: (fields: object, message: string) => void log.push({ fields, message }) }
  const dispatcher = new OutboxDispatcher(tenancy, clock, outboxes, logger, options)
  return { dispatcher, heard, log, clock, numbers: () => heard.map(({ number }) => number) }
}
