import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import type { ConsentDecision, ConsentGate } from '#modules/privacy/contract'
import { Audiences } from '#modules/audiences/contract'
import { RefTable } from '#modules/audiences/services/ref_table'
import { epochAt, lookupRefs } from '#modules/audiences/services/references'

const ROWS_PER_PAGE = 20_000
/** Rows of the next epoch are there before it begins. */
const AHEAD_MS = 3_600_000

type Organisation = Id<'organisation'>
type Held = {
  version: bigint
  /** Newest epoch whose rows are here. */
  epoch: number
  table: RefTable
  /** Active ones. */
  segments: ReadonlySet<string>
}
type Row = { segment_id: string; subject_ref: Buffer; joins: boolean }

/** Members of all organisations in the memory of a process that decides; `refresh` reads what has changed. */
export class LocalAudiences extends Audiences {
  private readonly held = new Map<Organisation, Held>()
  private owners: ReadonlyMap<string, Organisation> = new Map()

  constructor(
    private readonly tenancy: Tenancy,
    private readonly gate: ConsentGate,
    private readonly clock: Clock
  ) {
    super()
  }

  segmentsOf(
    organisationId: Organisation,
    userId: string,
    consent: ConsentDecision,
    nowMs: number
  ): readonly string[] {
    const held = this.held.get(organisationId)
    if (held === undefined || held.table.size === 0 || !consent.mayUseId) return []
    const found = new Set<string>()
    for (const ref of lookupRefs(this.gate, organisationId, userId, consent, nowMs)) {
      for (const id of held.table.of(ref)) if (held.segments.has(id)) found.add(id)
    }
    return [...found]
  }

  known(organisationId: Organisation, ids: readonly string[]): readonly string[] {
    const segments = this.held.get(organisationId)?.segments
    return segments === undefined ? [] : [...new Set(ids)].filter((id) => segments.has(id))
  }

  organisationOf(segmentId: string): Organisation | null {
    return this.owners.get(segmentId) ?? null
  }

  async refresh(): Promise<void> {
    const epoch = epochAt(this.clock.now() + AHEAD_MS)
    const versions = await this.tenancy.system(
      async (trx) =>
        (await trx.from('audiences_versions').select('organisation_id', 'version')) as {
          organisation_id: Organisation
          version: string
        }[]
    )
    let changed = false
    for (const { organisation_id: id, version } of versions) {
      const held = this.held.get(id)
      if (held && held.version === BigInt(version) && held.epoch === epoch) continue
      await this.load(id, epoch, held?.epoch === epoch ? held : null)
      changed = true
    }
    if (!changed) return
    this.owners = new Map(
      [...this.held].flatMap(([id, { segments }]) => [...segments].map((one) => [one, id] as const))
    )
  }

  /** Reads an organisation whole, or what has changed since `held`; everything of one moment. */
  private async load(id: Organisation, epoch: number, held: Held | null): Promise<void> {
    const table = held?.table ?? new RefTable()
    const since = held?.version ?? -1n
    const state = await this.tenancy.view(id, async (trx) => {
      const found = (await trx.from('audiences_versions').select('version').first()) as {
        version: string
      } | null
      const active = (await trx.from('audiences_segments').where('status', 'active').select('id')) as {
        id: string
      }[]
      await this.read(trx, table, since, epoch)
      return { version: BigInt(found?.version ?? 0), segments: new Set(active.map((row) => row.id)) }
    })
    this.held.set(id, { ...state, epoch, table })
  }

  /** In pages by key, so that a million rows are never in memory as objects. */
  private async read(trx: Transaction, table: RefTable, since: bigint, epoch: number): Promise<void> {
    const now = new Date(this.clock.now())
    let after: Row | null = null
    for (;;) {
      const { rows } = (await trx.rawQuery(
        `select segment_id, subject_ref, expires_at > ? as joins from audiences_members
         where revision > ?::bigint and epoch between ? and ?
           and (?::uuid is null or (segment_id, subject_ref) > (?::uuid, ?::bytea))
         order by segment_id, subject_ref limit ?`,
        [
          now,
          since.toString(),
          epoch - 1,
          epoch,
          after?.segment_id ?? null,
          after?.segment_id ?? null,
          after?.subject_ref ?? null,
          ROWS_PER_PAGE,
        ] as never
      )) as { rows: Row[] }
      for (const row of rows) table.put(row.subject_ref, row.segment_id, row.joins)
      if (rows.length < ROWS_PER_PAGE) return
      after = rows.at(-1)!
    }
  }
}
