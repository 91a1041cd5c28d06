import { recordAudit } from '#modules/kernel/audit'
import { isUuid, newId } from '#modules/kernel/ids'
import { appendOutbox } from '#modules/kernel/outbox'
import type { Collection, ListInput, Page } from '#modules/kernel/http/collection'
import { changes, type Json } from '#modules/kernel/records/changes'
import {
  allowedVerbs,
  STATUS_VERBS,
  type Lifecycle,
  type StatusVerb,
} from '#modules/kernel/records/lifecycle'
import type { ManagedRecord } from '#modules/kernel/records/managed_record'
import * as refusals from '#modules/kernel/records/refusals'
import type { FieldFault } from '#modules/kernel/records/refusals'
import { growVersion } from '#modules/kernel/records/versions'
import type { Caller, Query, StatusInput, Work } from '#modules/kernel/records/work'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock, EpochMs } from '#modules/kernel/time'

/**
 * The life of one kind of object under `/api/v1`: created, changed, paused, archived and restored, always within the
 * caller's organisation and parties. One transaction holds the change, its audit entry (as news to identity), its news
 * and the growth of the module's version; the version grows last, so that versions of an organisation appear in the
 * order of their commits. Refusals are `ProblemException`s and roll everything back.
 */
export abstract class ManagedCollection<
  Row extends ManagedRecord,
  Input extends StatusInput,
  Who extends Caller,
  Gathered = void,
> {
  protected abstract readonly module: string
  protected abstract readonly kind: string
  protected abstract readonly life: Lifecycle
  protected abstract readonly lists: Collection

  constructor(
    protected tenancy: Tenancy,
    protected clock: Clock
  ) {}

  protected abstract query(trx: Transaction): Query<Row>
  protected abstract blank(): Row
  /** Narrows a query to what the caller's parties own. */
  protected abstract scope(query: Query<Row>, caller: Who): Query<Row>
  /** JSON of rows as the API answers them, in their order, without a query per row. */
  protected abstract represent(trx: Transaction, rows: readonly Row[]): Promise<Json[]>
  /** Puts the input on the row and checks every rule; absent fields of the input stay as they are. */
  protected abstract apply(work: Work<Who, Gathered>, row: Row, input: Partial<Input>): Promise<void>

  /** Reads what lies with other modules, before the transaction begins. */
  protected async gather(_caller: Who, _input: Partial<Input>): Promise<Gathered> {
    return undefined as Gathered
  }
  /** Writes links of a stored row. True when they changed. */
  protected async link(_work: Work<Who, Gathered>, _row: Row, _input: Partial<Input>): Promise<boolean> {
    return false
  }
  /** What an active row must not lack; empty when it is complete. */
  protected async missing(_work: Work<Who, Gathered>, _row: Row): Promise<FieldFault[]> {
    return []
  }

  /** One object; 404 when there is none for this caller. */
  async find(caller: Who, id: string): Promise<Json> {
    return this.tenancy.transaction(caller.organisationId, async (trx) => {
      const [json] = await this.represent(trx, [await this.row(trx, caller, id)])
      return json!
    })
  }

  /** One page of what the caller may see; archived objects only when a filter asks for them. */
  async list(caller: Who, input: ListInput): Promise<Page<Json>> {
    return this.tenancy.transaction(caller.organisationId, async (trx) => {
      const query = this.scope(this.query(trx), caller)
      if (input.status === undefined) void query.whereNot('status', 'archived')
      const page = await this.lists.page(query, input, (row) => row as Row)
      return { ...page, data: await this.represent(trx, page.data) }
    })
  }

  async create(caller: Who, input: Input): Promise<Json> {
    return this.change(caller, input, async (work) => {
      const row = this.blank()
      const status = Object.keys(this.life)[0]!
      row.merge({ id: newId(work.now), organisationId: caller.organisationId, revision: 1 } as Partial<Row>)
      row.merge({ status: input.status ?? status, statusReason: input.statusReason ?? null } as Partial<Row>)
      row.merge({ statusChangedAt: work.now, createdAt: work.now, updatedAt: work.now } as Partial<Row>)
      await this.apply(work, row, input)
      await row.useTransaction(work.trx).save()
      await this.link(work, row, input)
      await this.demandComplete(work, row)
      const [after] = await this.represent(work.trx, [row])
      await this.note(work, `${this.kind}.created`, null, after!)
      await this.tell(work, 'created', { id: row.id, status: row.status })
      return after!
    })
  }

  /**
   * Changes what the input names and nothing else. A change that changes nothing leaves revision and version alone.
   * @param revision what `If-Match` says; null = whatever is stored
   */
  async update(
    caller: Who,
    id: string,
    input: Partial<Input>,
    revision: number | null = null
  ): Promise<Json> {
    return this.change(caller, input, async (work) => {
      const row = await this.row(work.trx, caller, id, { lock: true })
      if (revision !== null && revision !== row.revision) {
        throw refusals.changedMeanwhile(this.kind, row.revision)
      }
      const [before] = await this.represent(work.trx, [row])
      const from = row.status
      if (input.status !== undefined) this.move(row, input.status, input.statusReason ?? null, work.now)
      if (row.status === 'archived' && changesMore(input)) throw refusals.archived(this.kind)
      await this.apply(work, row, input)
      const linked = await this.link(work, row, input)
      if (!row.$isDirty && !linked) return before!
      return this.save(work, row, { action: 'updated', before: before!, from })
    })
  }

  /** Runs a verb of the life cycle. A verb whose aim is already reached changes nothing. */
  async run(caller: Who, id: string, verb: StatusVerb, reason: string | null): Promise<Json> {
    return this.change(caller, {}, async (work) => {
      const row = await this.row(work.trx, caller, id, { lock: true })
      const [before] = await this.represent(work.trx, [row])
      const { to, from } = STATUS_VERBS[verb]
      if (row.status === to) return before!
      if (!(from as readonly string[]).includes(row.status)) {
        throw refusals.transitionRefused(this.kind, row.status, to, allowedVerbs(this.life, row.status))
      }
      const old = row.status
      this.move(row, to, reason, work.now)
      return this.save(work, row, { action: verb, before: before!, from: old })
    })
  }

  /** A row within the caller's reach, locked when it is about to change. */
  protected async row(
    trx: Transaction,
    caller: Who,
    id: string,
    options: { lock?: boolean; field?: string } = {}
  ): Promise<Row> {
    if (!isUuid(id)) throw refusals.notFound(this.kind, options.field)
    const query = this.scope(this.query(trx).where('id', id), caller)
    const row = await (options.lock ? query.forUpdate() : query).first()
    if (!row) throw refusals.notFound(this.kind, options.field)
    return row
  }

  private move(row: Row, to: string, reason: string | null, now: EpochMs): void {
    if (row.status === to) return
    if (!(this.life[row.status] ?? []).includes(to)) {
      throw refusals.transitionRefused(this.kind, row.status, to, this.life[row.status] ?? [])
    }
    row.merge({ status: to, statusReason: reason, statusChangedAt: now } as Partial<Row>)
  }

  private async save(work: Work<Who, Gathered>, row: Row, change: Change): Promise<Json> {
    const { action, before, from } = change
    row.merge({ revision: row.revision + 1, updatedAt: work.now } as Partial<Row>)
    await row.useTransaction(work.trx).save()
    await this.demandComplete(work, row)
    const [after] = await this.represent(work.trx, [row])
    await this.note(work, `${this.kind}.${action}`, before, after!)
    const data = { id: row.id, status: row.status, revision: row.revision }
    if (from === row.status) await this.tell(work, 'updated', data)
    else await this.tell(work, 'status_changed', { ...data, from, to: row.status })
    return after!
  }

  private async demandComplete(work: Work<Who, Gathered>, row: Row): Promise<void> {
    if (row.status !== 'active') return
    const missing = await this.missing(work, row)
    if (missing.length > 0) throw refusals.incomplete(this.kind, missing)
  }

  private async change<Outcome>(
    caller: Who,
    input: Partial<Input>,
    act: (work: Work<Who, Gathered>) => Promise<Outcome>
  ): Promise<Outcome> {
    const gathered = await this.gather(caller, input)
    return this.tenancy.transaction(caller.organisationId, (trx) =>
      act({ trx, caller, now: this.clock.now(), gathered })
    )
  }

  private async tell(work: Work<Who, Gathered>, what: string, data: Json): Promise<void> {
    const { organisationId } = work.caller
    await appendOutbox(work.trx, this.module, {
      organisationId,
      name: `${this.kind}.${what}`,
      version: 1,
      data: { ...data, at: work.now },
    })
    await growVersion(work.trx, this.module, organisationId)
  }

  private async note(
    work: Work<Who, Gathered>,
    action: string,
    before: Json | null,
    after: Json
  ): Promise<void> {
    const changed = changes(before ?? {}, after)
    if (changed.fields.length === 0) return
    const entry = {
      action,
      objectType: this.kind,
      objectId: String(after.id),
      before: before && changed.before,
      after: changed.after,
    }
    await recordAudit(work.trx, this.module, work.caller, [entry], work.now)
  }
}

/** What is being done to a row, and how it was. */
type Change = { readonly action: string; readonly before: Json; readonly from: string }

function changesMore(input: object): boolean {
  return Object.entries(input).some(
    ([name, value]) => value !== undefined && name !== 'status' && name !== 'statusReason'
  )
}
