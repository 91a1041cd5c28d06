import type { Transaction } from '#modules/kernel/tenancy'
import type { Id } from '#modules/kernel/ids'
import { newId } from '#modules/kernel/ids'

/** News of a module, written in the transaction of the change it tells of. */
export type News<Data extends object = Record<string, unknown>> = {
  readonly organisationId: Id<'organisation'>
  readonly name: string
  readonly version: number
  readonly data: Data
}

/** News as it arrives. It may arrive twice, with the same `id`, so who listens must be able to take it twice. */
export type DeliveredNews<Data extends object = Record<string, unknown>> = News<Data> & {
  readonly id: Id<'news'>
}

/** One kind of news: its name, the version of its data (fields are only ever added) and the shape of them. */
export class NewsKind<Data extends object> {
  constructor(
    readonly name: string,
    readonly version = 1
  ) {}

  of(organisationId: Id<'organisation'>, data: Data): News<Data> {
    return { organisationId, name: this.name, version: this.version, data }
  }
}

type Handler = (news: DeliveredNews) => Promise<void>
type Listener = { readonly version: number; readonly handler: Handler }

/** Which outboxes this process delivers, and who listens to what. Modules enter both when they boot. */
export class Outboxes {
  private readonly delivered = new Set<string>()
  private readonly listeners = new Map<string, Listener[]>()

  get modules(): readonly string[] {
    return [...this.delivered]
  }

  /** Has `<module>_outbox` delivered by this process. */
  deliver(module: string): void {
    outboxOf(module)
    this.delivered.add(module)
  }

  /**
   * Calls `handler` with news of this kind, whichever module it comes from. What it throws brings the news back
   * later, to every handler of the kind.
   */
  on<Data extends object>(kind: NewsKind<Data>, handler: (news: DeliveredNews<Data>) => Promise<void>): void {
    const known = this.listeners.get(kind.name) ?? []
    this.listeners.set(kind.name, [...known, { version: kind.version, handler: handler as Handler }])
  }

  /**
   * Hands news to its handlers, one after the other; news that nobody listens to is done at once.
   * @throws RangeError when the news is newer than a handler, and whatever a handler throws
   */
  async hand(news: DeliveredNews): Promise<void> {
    for (const { version, handler } of this.listeners.get(news.name) ?? []) {
      if (news.version > version) {
        throw new RangeError(`${news.name} has version ${news.version}, not ${version}`)
      }
      await handler(news)
    }
  }
}

/** Told of commits in this process that left news; process-wide, like the metrics. */
const watchers = new Set<() => void>()

/** Calls `watcher` right after each commit of this process that left news in an outbox. @returns what ends that */
export function onNews(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

/** Appends to `<module>_outbox`. The dispatcher hands it to its listeners after the commit and marks it sent. */
export async function appendOutbox(trx: Transaction, module: string, news: News<object>): Promise<void> {
  await trx.table(outboxOf(module)).insert({
    id: newId<'news'>(),
    organisation_id: news.organisationId,
    name: news.name,
    version: news.version,
    data: JSON.stringify(news.data),
  })
  trx.after('commit', () => {
    for (const watcher of watchers) watcher()
  })
}

/** Name of a module's table. @throws RangeError for what is no module's name */
export function outboxOf(module: string): string {
  if (!/^[a-z_]{1,40}$/.test(module)) throw new RangeError(`${module} is not the name of a module`)
  return `${module}_outbox`
}
